package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AdmissionFinding;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.PostureFinding;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What the webhook tells of its answers, on a real broker. */
class AuditIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final byte[] POD = Reviews.bytes("pod-create-by-replicaset.json");
    private static final byte[] PRIVILEGED = Reviews.bytes("pod-create-privileged.json");

    @Test
    void everyAnswerIsAuditedAndWhatIsWrongWithAWorkloadIsToldOnce() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(Topics.RISK, Keys.bytes(Reviews.ORDERS),
                        AvroCodec.of(RiskScore.class).encode(Reviews.risk(50, Instant.now())))).get();
            }
            try (Webhook webhook = Webhook.start(config(kafka.bootstrapServers()));
                    TlsClient client = new TlsClient(webhook.caPem(), webhook.port())) {
                webhook.whenReady().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);

                client.review(POD);
                client.review(POD);
                client.review(PRIVILEGED);
                ObjectNode dryRun = Reviews.parse(POD);
                dryRun.withObject("/request").put("dryRun", true);
                client.review(Reviews.write(dryRun));
                client.review(Reviews.bytes("configmap-create.json"));
                client.review(Reviews.write(debugged()));
            }

            List<AdmissionAudit> audit = records(kafka, Topics.ADMISSION_AUDIT, AdmissionAudit.class, 6);
            assertThat(audit).extracting(AdmissionAudit::getVerdict).containsExactly(AdmissionVerdict.WARNED,
                    AdmissionVerdict.WARNED, AdmissionVerdict.DENIED, AdmissionVerdict.WARNED, AdmissionVerdict.ALLOWED,
                    AdmissionVerdict.ALLOWED);
            AdmissionAudit warned = audit.getFirst();
            assertThat(warned.getUid()).isEqualTo(Reviews.parse(POD).at("/request/uid").asText());
            assertThat(warned.getWorkload()).isEqualTo(Reviews.ORDERS);
            assertThat(warned.getUser()).isEqualTo("system:serviceaccount:kube-system:replicaset-controller");
            assertThat(warned.getRisk()).isBetween(49.0, 50.0);
            assertThat(warned.getRiskAgeMillis()).isBetween(0L, DEADLINE.toMillis());
            assertThat(warned.getReasons()).singleElement().asString().contains("risk");
            assertThat(warned.getFindings()).extracting(AdmissionFinding::getCheck).contains("seccomp-missing");
            assertThat(warned.getLatencyMicros()).isPositive();
            assertThat(audit.get(2).getReasons()).singleElement().asString().contains("securityContext.privileged");
            assertThat(audit.get(2).getFindings().getFirst().getSeverity()).isIn("critical", "high");
            assertThat(audit.get(3).getDryRun()).isTrue();
            assertThat(audit.get(4).getWorkload()).isEmpty();
            // Let in twice and denied once: one record, without what was denied, and whole after somebody looked into the pod.
            List<Posture> postures = records(kafka, Topics.POSTURE, Posture.class, 1);
            assertThat(postures).singleElement().satisfies(posture -> {
                assertThat(Keys.workload(posture.getWorkload())).isEqualTo(Reviews.ORDERS);
                assertThat(posture.getFindings()).extracting(PostureFinding::getCheck).contains("seccomp-missing")
                        .doesNotContain("privileged-container").doesNotHaveDuplicates();
            });
        }
    }

    @Test
    void withoutABrokerNothingWaitsAndWhatIsLostIsCounted() {
        WebhookMetrics metrics = new WebhookMetrics();
        AtomicInteger told = new AtomicInteger();
        int records = 50;
        int room = 10;
        try (Outbox outbox = new Outbox(new KafkaSettings("127.0.0.1:1", Map.of()), room, metrics)) {
            for (int i = 0; i < records; i++) {
                outbox.send(Topics.ADMISSION_AUDIT, "key", () -> new byte[] {1}, told::incrementAndGet);
            }

            assertThat(metrics.lostRecords.labels(Topics.ADMISSION_AUDIT, "queue").get())
                    .isBetween(records - room - 1.0, (double) records - room);
        }

        assertThat(told).hasValue(records);
        assertThat(metrics.lostRecords.labels(Topics.ADMISSION_AUDIT, "queue").get()
                + metrics.lostRecords.labels(Topics.ADMISSION_AUDIT, "closed").get()).isEqualTo(records);
        assertThat(metrics.sentRecords.labels(Topics.ADMISSION_AUDIT).get()).isZero();
    }

    /** The pod of the same workload gets an ephemeral container with which nothing is wrong that it has not said. */
    private static ObjectNode debugged() {
        ObjectNode review = Reviews.parse(POD);
        ObjectNode request = review.withObject("/request").put("operation", "UPDATE").put("subResource", "ephemeralcontainers");
        request.set("oldObject", request.get("object").deepCopy());
        request.withObject("/object/spec").withArray("ephemeralContainers").addObject().put("name", "debug").put("image", "busybox:1.36");
        return review;
    }

    private static KubeGuardianConfig config(String bootstrapServers) {
        return ConfigReader.read(null, Map.of(
                "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers,
                "KUBEGUARDIAN_WEBHOOK_CLUSTER", "prod",
                "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1",
                "KUBEGUARDIAN_WEBHOOK_PORT", "0",
                "KUBEGUARDIAN_WEBHOOK_BUDGET_MILLIS", "30000",
                "KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "-1"));
    }

    /** All that is there once it is at least so many. */
    static <T extends SpecificRecordBase> List<T> records(EmbeddedKafka kafka, String topic, Class<T> type, int count)
            throws Exception {
        AvroCodec<T> codec = AvroCodec.of(type);
        Map<String, Object> client = new HashMap<>(kafka.clientProperties());
        client.put("auto.offset.reset", "earliest");
        List<T> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            Instant end = Instant.now().plus(DEADLINE);
            while (records.size() < count && Instant.now().isBefore(end)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    records.add(codec.decode(record.value()));
                }
            }
        }
        return records;
    }
}
