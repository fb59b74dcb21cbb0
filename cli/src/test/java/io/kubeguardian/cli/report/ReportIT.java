package io.kubeguardian.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.schema.AttackStep;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.IncidentState;
import io.kubeguardian.schema.InvolvedProcess;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReportIT {
    private static final String HOSTILE = "<script>alert('x')</script> | [a](javascript:b) \u001b[31m\n# head & `c`";
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final WorkloadRef WORKLOAD = new WorkloadRef("prod", "shop", "Deployment", "orders");
    private static final PodRef POD = new PodRef("uid", "shop", "orders-1", "node-1", true);
    private static final ProcessRef SERVER = new ProcessRef("b", 1, 1L, "orders", "/srv/orders", List.of("orders"), 0, "c");
    private static final ProcessRef SHELL = new ProcessRef("b", 7, 2L, "sh", "/bin/sh", List.of("sh", "-c", HOSTILE), 0, "c");

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void publish() throws Exception {
        kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 1);
        Signal shell = signal("Shell spawned by a server process", 0);
        Signal hostile = signal(HOSTILE, 2);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.SIGNALS, 0, START.minus(Duration.ofDays(1)).toEpochMilli(), null,
                    "of the day before".getBytes(StandardCharsets.UTF_8))).get();
            send(producer, Topics.SIGNALS, shell);
            send(producer, Topics.SIGNALS, hostile);
            send(producer, Topics.INCIDENTS, incident(IncidentState.OPEN, 1, List.of(shell)));
            send(producer, Topics.INCIDENTS, incident(IncidentState.UPDATED, 2, List.of(shell, hostile)));
            send(producer, Topics.INCIDENTS, incident(IncidentState.UPDATED, 2, List.of(shell, hostile)));
            producer.send(new ProducerRecord<>(Topics.INCIDENTS, 0, null, "junk".getBytes(StandardCharsets.UTF_8))).get();
            send(producer, Topics.DECISIONS, decision("d-1", "c"));
            Decision takenBack = decision("d-2", "other");
            send(producer, Topics.DECISIONS, Keys.decision(takenBack), takenBack);
            tombstone(producer, Topics.DECISIONS, Keys.decision(takenBack));
            send(producer, Topics.CONTAINMENT_AUDIT, new ContainmentAudit("a-1", "prod", "node-1", "b", nanos(4),
                    AuditEvent.RENEWED, "d-1", "uid", "c", WORKLOAD, "detection", "", "why", "incident-1", nanos(3),
                    nanos(900), List.of(), List.of(), List.of(), 3L, 0L, 0L, 2L, 0L, ""));
            int risk = 92;
            for (AdmissionVerdict verdict : List.of(AdmissionVerdict.ALLOWED, AdmissionVerdict.DENIED, AdmissionVerdict.DENIED)) {
                risk--; // as it decays between a controller's attempts
                send(producer, Topics.ADMISSION_AUDIT, AdmissionAudit.newBuilder().setUid("u").setTime(nanos(5))
                        .setCluster("prod").setWebhook("w").setOperation("CREATE").setKind("Pod").setName("orders-2")
                        .setWorkload("prod/shop/Deployment/orders").setVerdict(verdict)
                        .setReasons(verdict == AdmissionVerdict.DENIED ? List.of("risk is " + risk) : List.of()).build());
            }
            send(producer, Topics.RISK, risk(WORKLOAD));
            RiskScore gone = risk(new WorkloadRef("prod", "shop", "Deployment", "gone"));
            send(producer, Topics.RISK, Keys.risk(gone), gone);
            tombstone(producer, Topics.RISK, Keys.risk(gone));
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void theStoryAsMarkdown() {
        CommandRun run = report("--incident", "incident-1");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("# A story").contains("prod/shop/Deployment/orders", "revision 2",
                "credential access", "T1552.001", "incomplete: 4 events lost", "risk 90 is at or above 80",
                "renewed on node node\\-1".replace("\\-", "-"), "execs killed 3", "CRITICAL",
                "## What to do", "revoke its service account's tokens");
        assertThat(run.out().lines().filter(line -> line.startsWith("# "))).hasSize(1);
        assertThat(run.out()).doesNotContain("\u001b", "<script>", "[a](");
        assertThat(run.err()).contains("kubeguardian.incidents offset");
    }

    @Test
    void theStoryAsHtmlIsOneHarmlessPage() {
        String page = report("--incident", "incident-1", "--format", "html").out();

        assertThat(page).startsWith("<!DOCTYPE html>").contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;")
                .doesNotContain("<script", "\u001b", "http://", "https://", "src=", "href=");
        assertThat(page.indexOf("1 orders (uid 0)")).isPositive().isLessThan(page.indexOf("7 sh -c"));
    }

    @Test
    void theStoryAsJson() throws Exception {
        JsonNode story = new ObjectMapper().readTree(report("--incident", "incident-1", "--format", "json").out());

        assertThat(story.path("revision").asInt()).isEqualTo(2);
        assertThat(story.path("timeline").valueStream().map(moment -> moment.path("kind").asText()))
                .containsExactly("signal", "signal", "incident", "incident", "decision", "containment",
                        "admission", "admission");
        assertThat(story.path("processes").get(1).path("depth").asInt()).isEqualTo(1);
        assertThat(story.path("decisions").valueStream().map(one -> one.path("id").asText())).containsExactly("d-1");
        assertThat(story.path("complete").asBoolean()).isFalse();
    }

    @Test
    void aTimeIsSummedUp() throws Exception {
        String from = START.minusSeconds(60).toString();
        JsonNode summary = new ObjectMapper().readTree(
                report("--from", from, "--to", START.plusSeconds(60).toString(), "--format", "json").out());

        assertThat(summary.path("incidents")).hasSize(1);
        assertThat(summary.path("signals").asInt()).isEqualTo(2);
        assertThat(summary.path("refused")).hasSize(1);
        assertThat(summary.path("refused").get(0).toString())
                .isEqualTo("{\"workload\":\"prod/shop/Deployment/orders\",\"reason\":\"risk is 89\",\"count\":2}");
        assertThat(summary.path("workloads")).as("those whose risk was taken back are not told").hasSize(1);
        assertThat(summary.path("workloads").get(0).path("score").asDouble()).isEqualTo(91);
        assertThat(report("--from", from, "--to", START.plusSeconds(60).toString(), "--format", "html").out())
                .contains("A story").doesNotContain("<script");
        JsonNode before = new ObjectMapper().readTree(report("--from", START.minusSeconds(90).toString(), "--to",
                START.minusSeconds(60).toString(), "--format", "json").out());
        assertThat(before.path("incidents")).isEmpty();
        assertThat(before.path("signals").asInt()).isZero();
    }

    @Test
    void whatWasSentLongBeforeTheTimeIsNotRead() {
        String to = START.plusSeconds(60).toString();

        assertThat(report("--from", START.minusSeconds(60).toString(), "--to", to).err())
                .doesNotContain("kubeguardian.signals offset");
        assertThat(report("--from", START.minus(Duration.ofDays(2)).toString(), "--to", to).err())
                .contains("kubeguardian.signals offset 0");
    }

    @Test
    void wrongUseIsOneClearLine() {
        assertThat(report().code()).isEqualTo(2);
        assertThat(report("--incident", "none").err()).contains("no incident none");
        assertThat(report("--incident", "none").code()).isEqualTo(2);
        assertThat(report("--from", "yesterday").err()).contains("--from is yesterday");
        assertThat(report("--to", "1h").code()).isEqualTo(2);
    }

    private static CommandRun report(String... options) {
        String[] line = new String[options.length + 3];
        line[0] = "report";
        line[1] = "--bootstrap-servers";
        line[2] = kafka.bootstrapServers();
        System.arraycopy(options, 0, line, 3, options.length);
        return CommandRun.of(line);
    }

    private static long nanos(int seconds) {
        return (START.getEpochSecond() + seconds) * 1_000_000_000L;
    }

    private static Completeness complete() {
        return new Completeness(true, 0L, 0L);
    }

    private static Signal signal(String rule, int seconds) {
        return new Signal(rule + seconds, SignalKind.RULE, rule, Priority.WARNING, List.of("credential_access"),
                List.of("T1552.001"), nanos(seconds), nanos(seconds), WORKLOAD, POD, "c", "shop/orders:1.2", SHELL,
                List.of(SERVER), HOSTILE, Map.of(), complete(), "", Map.of(), 0.0, List.of());
    }

    private static Decision decision(String id, String container) {
        return Decision.newBuilder().setId(id).setCluster("prod").setNode("node-1").setPodUid("uid").setContainerId(container)
                .setWorkload(WORKLOAD).setActions(List.of(ContainmentAction.KILL_EXEC)).setReason("risk 90 is at or above 80")
                .setEvidenceId("incident-1").setScore(90.0).setIssuedBy("detection").setIssuedTime(nanos(3))
                .setExpiresTime(nanos(900)).setEventTime(nanos(2)).build();
    }

    private static RiskScore risk(WorkloadRef workload) {
        return RiskScore.newBuilder().setWorkload(workload).setScore(91.0).setLevel(RiskLevel.CRITICAL)
                .setFactors(List.of(RiskFactor.newBuilder().setKind("incident").setName("A story").setPoints(60.0)
                        .setReason("A story: 2 signals").setEvidenceId("incident-1").setLastEventTime(nanos(2)).build()))
                .setUpdatedTime(nanos(2)).setHalfLifeSeconds(3600L).setCompleteness(complete()).build();
    }

    private static Incident incident(IncidentState state, int revision, List<Signal> signals) {
        return Incident.newBuilder().setId("incident-1").setPattern("story").setTitle("A story").setDescription("Told.")
                .setPriority(Priority.CRITICAL).setWorkload(WORKLOAD).setPod(POD).setFirstEventTime(nanos(0))
                .setLastEventTime(nanos(2)).setDetectedTime(nanos(3)).setUpdatedTime(nanos(2) + revision)
                .setSignals(signals).setCompleteness(new Completeness(false, 4L, 0L)).setState(state)
                .setRevision(revision).setPatterns(List.of("story")).setEntity("k8s.pod.uid=uid")
                .setAttackPath(List.of(new AttackStep("credential_access", List.of("T1552.001"), List.of(HOSTILE), nanos(0))))
                .setProcesses(List.of(new InvolvedProcess(SERVER, -1, List.of()),
                        new InvolvedProcess(SHELL, 0, List.of(HOSTILE)))).build();
    }

    private static <T extends SpecificRecordBase> void send(
            KafkaProducer<byte[], byte[]> producer, String topic, T record) throws Exception {
        send(producer, topic, "key", record);
    }

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecordBase> void send(
            KafkaProducer<byte[], byte[]> producer, String topic, String key, T record) throws Exception {
        producer.send(new ProducerRecord<>(topic, 0, Keys.bytes(key),
                AvroCodec.of((Class<T>) record.getClass()).encode(record))).get();
    }

    private static void tombstone(KafkaProducer<byte[], byte[]> producer, String topic, String key) throws Exception {
        producer.send(new ProducerRecord<>(topic, 0, Keys.bytes(key), null)).get();
    }
}
