package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AdmissionPolicyRecord;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.Verdict;
import io.kubeguardian.schema.WorkloadRef;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** The whole webhook against a real broker. */
class WebhookIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final byte[] POD = Reviews.bytes("pod-create-by-replicaset.json");
    private static final AvroCodec<RiskScore> CODEC = AvroCodec.of(RiskScore.class);

    @Test
    void aWorkloadAtRiskIsDeniedUntilItsRiskIsGone() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                Webhook webhook = Webhook.start(config(kafka.bootstrapServers()))) {
            try (TlsClient client = new TlsClient(webhook.caPem(), webhook.port())) {
                // The topic is not there yet: nothing can be answered.
                assertThat(webhook.ready()).isFalse();
                assertThat(management(webhook, "/readyz").statusCode()).isEqualTo(503);
                assertThat(management(webhook, "/healthz").statusCode()).isEqualTo(200);
                HttpResponse<byte[]> early = client.post(POD);
                assertThat(early.statusCode()).isEqualTo(503);
                assertThat(new String(early.body(), StandardCharsets.UTF_8)).contains("not ready");

                TopicSetup.createMissing(kafka.clientProperties(), 1);
                await("ready", webhook::ready);
                assertThat(management(webhook, "/readyz").statusCode()).isEqualTo(200);
                assertThat(client.review(POD).path("allowed").asBoolean()).isTrue();

                try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
                    publish(producer, Reviews.ORDERS, Reviews.risk(90, Instant.now()));
                    await("denied", () -> !allowed(client));
                    ObjectNode denied = client.review(POD);
                    assertThat(denied.at("/status/message").asText())
                            .contains(Reviews.ORDERS, "Dropped and run", "a dropped binary was run", "i-1");
                    assertThat(denied.at("/auditAnnotations/incident").asText()).isEqualTo("i-1");

                    // An hour old with a half-life of an hour: half of it is left.
                    publish(producer, Reviews.ORDERS, Reviews.risk(90, Instant.now().minus(Duration.ofHours(1))));
                    await("decayed", () -> allowed(client));
                    assertThat(client.review(POD).at("/auditAnnotations/risk").asDouble()).isBetween(44.0, 45.0);

                    publish(producer, Reviews.ORDERS, Reviews.risk(90, Instant.now()));
                    await("denied again", () -> !allowed(client));
                    publish(producer, Reviews.ORDERS, null);
                    await("removed", () -> allowed(client));
                    assertThat(client.review(POD).at("/auditAnnotations/risk").isMissingNode()).isTrue();
                }
                assertThat(management(webhook, "/metrics").body())
                        .contains("kubeguardian_webhook_denials_total{check=\"risk\",dry_run=\"false\",}",
                                "kubeguardian_webhook_risk_ready 1.0", "kubeguardian_webhook_broker_up 1.0",
                                "kubeguardian_webhook_risk_records_total{result=\"removed\",} 1.0",
                                "process_resident_memory_bytes");
            }
        }
    }

    @Test
    void aPartitionThatATopicGetsLaterIsFollowed() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            try (Webhook webhook = Webhook.start(config(kafka.bootstrapServers()));
                    TlsClient client = new TlsClient(webhook.caPem(), webhook.port());
                    Admin admin = Admin.create(kafka.clientProperties())) {
                await("ready", webhook::ready);

                admin.createPartitions(Map.of(Topics.RISK, NewPartitions.increaseTo(2))).all().get();
                try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
                    producer.send(new ProducerRecord<>(Topics.RISK, 1, Keys.bytes(Reviews.ORDERS),
                            CODEC.encode(Reviews.risk(90, Instant.now())))).get();
                }

                await("denied", () -> !allowed(client));
            }
        }
    }

    @Test
    void aPublishedPolicyDeniesAndTheMutatingPathFillsIn() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            try (Webhook webhook = Webhook.start(config(kafka.bootstrapServers()));
                    TlsClient client = new TlsClient(webhook.caPem(), webhook.port());
                    KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
                await("ready", webhook::ready);

                ObjectNode mutated = client.mutate(POD);
                assertThat(mutated.path("allowed").asBoolean()).isTrue();
                assertThat(mutated.path("patchType").asText()).isEqualTo("JSONPatch");
                assertThat(new String(Base64.getDecoder().decode(mutated.path("patch").asText()), StandardCharsets.UTF_8))
                        .contains("/spec/securityContext/seccompProfile");

                String key = Keys.admissionPolicy("prod", "no-images");
                AdmissionPolicyRecord policy = new AdmissionPolicyRecord("prod", "no-images", "AdmissionPolicy/no-images",
                        ByteBuffer.wrap(("{\"name\": \"no-images\", \"conditions\": [{\"field\": \"image\","
                                + " \"operator\": \"exists\"}]}").getBytes(StandardCharsets.UTF_8)),
                        List.of(), "sha256:0", 1L, "test", 0L);
                producer.send(new ProducerRecord<>(Topics.POLICIES, Keys.bytes(key),
                        AvroCodec.of(AdmissionPolicyRecord.class).encode(policy))).get();
                await("denied", () -> !allowed(client));
                assertThat(client.review(POD).at("/status/message").asText()).contains("(policy no-images)");

                producer.send(new ProducerRecord<>(Topics.POLICIES, Keys.bytes(key), null)).get();
                await("taken back", () -> allowed(client));
            }
        }
    }

    @Test
    void theRiskOfTheWorkloadDecaysWithTheClock() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
                publish(producer, Reviews.ORDERS, Reviews.risk(90, Reviews.NOW));
            }
            MovableClock clock = new MovableClock();
            try (Webhook webhook = Webhook.start(config(kafka.bootstrapServers()), clock);
                    TlsClient client = new TlsClient(webhook.caPem(), webhook.port())) {
                await("ready", webhook::ready);
                // What was on the topic before the start is known at the first answer.
                assertThat(allowed(client)).isFalse();

                clock.now = Reviews.NOW.plus(Duration.ofHours(1));

                assertThat(allowed(client)).isTrue();
            }
        }
    }

    @Test
    void aQuarantinedWorkloadGetsNoNewPodsUntilItIsOverAndRisksOfOthersAreNotItsOwn() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            io.kubeguardian.schema.Decision quarantine = io.kubeguardian.schema.Decision.newBuilder().setId("d-1")
                    .setCluster("prod").setNode("").setPodUid("")
                    .setWorkload(new WorkloadRef("prod", "shop", "Deployment", "orders")).setActions(List.of())
                    .setReason("a story in pod orders-1").setIssuedBy("detection").setIssuedTime(Nanos.of(Reviews.NOW))
                    .setExpiresTime(Nanos.of(Reviews.NOW.plusSeconds(900))).setVerdict(Verdict.QUARANTINE).build();
            RiskScore pods = Reviews.risk(90, Reviews.NOW);
            pods.setEntity(RiskEntity.POD);
            pods.setPodUid("p-1");
            try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
                producer.send(new ProducerRecord<>(Topics.DECISIONS, Keys.bytes(Keys.decision(quarantine)),
                        AvroCodec.of(io.kubeguardian.schema.Decision.class).encode(quarantine))).get();
                producer.send(new ProducerRecord<>(Topics.DECISIONS, Keys.bytes("pod/container"), new byte[] {1})).get();
                producer.send(record(Keys.risk(pods), CODEC.encode(pods))).get();
            }
            MovableClock clock = new MovableClock();
            try (Webhook webhook = Webhook.start(config(kafka.bootstrapServers()), clock);
                    TlsClient client = new TlsClient(webhook.caPem(), webhook.port())) {
                await("ready", webhook::ready);
                assertThat(client.review(POD).at("/status/message").asText()).contains("is quarantined until",
                        "a story in pod orders-1", "decision d-1").doesNotContain("risk of workload");

                clock.now = Reviews.NOW.plusSeconds(900);

                assertThat(allowed(client)).isTrue();
                assertThat(management(webhook, "/metrics").body())
                        .contains("kubeguardian_webhook_risk_records_total{result=\"other\",} 2.0");
            }
        }
    }

    @Test
    void aMalformedRecordGoesToTheDeadLettersAndTheRestGoesOn() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            try (KafkaProducer<byte[], byte[]> producer = producer(kafka);
                    Webhook webhook = Webhook.start(config(kafka.bootstrapServers()));
                    TlsClient client = new TlsClient(webhook.caPem(), webhook.port())) {
                producer.send(record(Reviews.ORDERS, "no Avro at all".getBytes(StandardCharsets.UTF_8))).get();
                producer.send(record("prod/shop/Deployment/other", CODEC.encode(Reviews.risk(90, Instant.now())))).get();
                producer.send(record(Reviews.ORDERS, new byte[100_000])).get();
                publish(producer, Reviews.ORDERS, Reviews.risk(90, Instant.now()));
                await("denied", () -> webhook.ready() && !allowed(client));

                List<DeadLetter> letters = deadLetters(kafka, 3);

                assertThat(letters).extracting(DeadLetter::getTopic).containsOnly(Topics.RISK);
                assertThat(letters).extracting(DeadLetter::getComponent).containsOnly("webhook");
                assertThat(letters).extracting(DeadLetter::getOffset).containsExactly(0L, 1L, 2L);
                assertThat(letters.get(0).getReason()).contains("not a RiskScore");
                assertThat(letters.get(1).getReason()).contains("key is not that of the record's workload");
                assertThat(letters.get(2).getTruncated()).isTrue();
                assertThat(letters.get(2).getPayload().remaining()).isEqualTo(64 << 10);
                assertThat(management(webhook, "/metrics").body())
                        .contains("kubeguardian_webhook_risk_records_total{result=\"malformed\",} 3.0");
            }
        }
    }

    @Test
    void withoutTheBrokerItAnswersFromWhatItHas() throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start();
        boolean running = true;
        try {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
                publish(producer, Reviews.ORDERS, Reviews.risk(90, Instant.now()));
            }
            try (Webhook webhook = Webhook.start(config(kafka.bootstrapServers()));
                    TlsClient client = new TlsClient(webhook.caPem(), webhook.port())) {
                await("ready", webhook::ready);

                kafka.close();
                running = false;

                await("broker seen away", () -> management(webhook, "/metrics").body()
                        .contains("kubeguardian_webhook_broker_up 0.0"));
                assertThat(webhook.ready()).isTrue();
                assertThat(allowed(client)).isFalse();
                assertThat(management(webhook, "/readyz").statusCode()).isEqualTo(200);
            }
        } finally {
            if (running) {
                kafka.close();
            }
        }
    }

    @Test
    void manyCallersEachGetTheirOwnAnswer() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            try (KafkaProducer<byte[], byte[]> producer = producer(kafka);
                    Webhook webhook = Webhook.start(config(kafka.bootstrapServers()));
                    TlsClient client = new TlsClient(webhook.caPem(), webhook.port());
                    ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                // Every third workload is at risk.
                for (int workload = 0; workload < 30; workload += 3) {
                    publish(producer, "prod/shop/Deployment/w" + workload, Reviews.risk(
                            new WorkloadRef("prod", "shop", "Deployment", "w" + workload), 90, Instant.now()));
                }
                await("ready", webhook::ready);
                await("all known", () -> management(webhook, "/metrics").body()
                        .contains("kubeguardian_webhook_risk_workloads 10.0"));

                List<Callable<List<String>>> calls = new ArrayList<>();
                for (int caller = 0; caller < 64; caller++) {
                    int number = caller;
                    calls.add(() -> wrongAnswers(client, number));
                }
                List<Future<List<String>>> wrong = callers.invokeAll(calls);

                for (Future<List<String>> each : wrong) {
                    assertThat(each.get()).isEmpty();
                }
            }
        }
    }

    @Test
    void whatThereIsNoTimeForComesInWhereThatIsAllowedAndNotWhereNoAnswerIsANo() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            // Given a budget of one millisecond, in which nobody reads two megabytes
            KubeGuardianConfig config = config(kafka.bootstrapServers(), 1);
            byte[] padded = padded("shop");
            try (Webhook webhook = Webhook.start(config); TlsClient client = new TlsClient(webhook.caPem(), webhook.port())) {
                await("ready", webhook::ready);

                // When the API server asks for a namespace of each tier, and for one in which nothing is denied
                ObjectNode observed = client.review("/validate", padded);
                ObjectNode enforced = client.review("/validate-enforced", padded);
                ObjectNode exempt = client.review("/validate-enforced", padded("kube-system"));

                // Then the pod is denied in the one alone
                assertThat(observed.path("allowed").asBoolean()).isTrue();
                assertThat(observed.at("/warnings/0").asText()).contains("had no time to judge this");
                assertThat(enforced.path("allowed").asBoolean()).isFalse();
                assertThat(enforced.at("/status/code").asInt()).isEqualTo(403);
                assertThat(enforced.at("/status/message").asText()).contains("had no time to judge this", "try again");
                assertThat(exempt.path("allowed").asBoolean()).isTrue();
                assertThat(management(webhook, "/metrics").body())
                        .contains("kubeguardian_webhook_denials_total{check=\"expired\",dry_run=\"false\",} 1.0");
            }
            assertThat(AuditIT.records(kafka, Topics.ADMISSION_AUDIT, AdmissionAudit.class, 3))
                    .extracting(AdmissionAudit::getVerdict).containsOnly(AdmissionVerdict.EXPIRED).hasSize(3);
        }
    }

    private static byte[] padded(String namespace) {
        ObjectNode review = Reviews.parse(POD);
        review.withObject("/request").put("namespace", namespace);
        review.withObject("/request/object/metadata").put("namespace", namespace);
        ArrayNode variables = ((ObjectNode) review.at("/request/object/spec/containers/0")).putArray("env");
        for (int i = 0; i < 40_000; i++) {
            variables.addObject().put("name", "PADDING_" + i).put("value", "a value of some length");
        }
        return Reviews.write(review);
    }

    @Test
    void kafkaSettingsThatCannotWorkAreRefusedInOneLine() {
        KubeGuardianConfig config = config("no-port-here");

        assertThatThrownBy(() -> Webhook.start(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("kafka: ").hasMessageContaining("kafka.bootstrapServers");
    }

    private static List<String> wrongAnswers(TlsClient client, int caller) {
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int workload = (caller + i) % 30;
            ObjectNode review = Reviews.parse(POD);
            review.withObject("/request").put("uid", "uid-" + caller + '-' + i);
            ((ObjectNode) review.at("/request/object/metadata/ownerReferences/0"))
                    .put("name", "w" + workload + "-7d4b9c6f5");
            // review() checks that the uid comes back.
            boolean allowed = client.review(Reviews.write(review)).path("allowed").asBoolean();
            if (allowed != (workload % 3 != 0)) {
                wrong.add("w" + workload + " allowed=" + allowed);
            }
        }
        return wrong;
    }

    private static KubeGuardianConfig config(String bootstrapServers) {
        return config(bootstrapServers, 30_000); // not what these tests are about
    }

    private static KubeGuardianConfig config(String bootstrapServers, int budgetMillis) {
        return ConfigReader.read(null, Map.of(
                "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers,
                "KUBEGUARDIAN_KAFKA_PROPERTIES", "{metadata.max.age.ms: 1000}", // how soon a new partition is seen
                "KUBEGUARDIAN_WEBHOOK_CLUSTER", "prod",
                "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1",
                "KUBEGUARDIAN_WEBHOOK_PORT", "0",
                "KUBEGUARDIAN_WEBHOOK_BUDGET_MILLIS", Integer.toString(budgetMillis),
                "KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "0"));
    }

    private static boolean allowed(TlsClient client) {
        return client.review(POD).path("allowed").asBoolean();
    }

    private static KafkaProducer<byte[], byte[]> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void publish(KafkaProducer<byte[], byte[]> producer, String key, RiskScore risk) throws Exception {
        producer.send(record(key, risk == null ? null : CODEC.encode(risk))).get();
    }

    private static ProducerRecord<byte[], byte[]> record(String key, byte[] value) {
        return new ProducerRecord<>(Topics.RISK, key.getBytes(StandardCharsets.UTF_8), value);
    }

    private static List<DeadLetter> deadLetters(EmbeddedKafka kafka, int count) throws Exception {
        AvroCodec<DeadLetter> codec = AvroCodec.of(DeadLetter.class);
        Map<String, Object> client = new HashMap<>(kafka.clientProperties());
        client.put("auto.offset.reset", "earliest");
        List<DeadLetter> letters = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(Topics.DEAD_LETTERS, 0)));
            Instant end = Instant.now().plus(DEADLINE);
            while (letters.size() < count && Instant.now().isBefore(end)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    letters.add(codec.decode(record.value()));
                }
            }
        }
        return letters;
    }

    private static HttpResponse<String> management(Webhook webhook, String path) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + webhook.managementPort() + path)).timeout(DEADLINE).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        Instant end = Instant.now().plus(DEADLINE);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("not within " + DEADLINE + ": " + what);
            }
            Thread.sleep(50);
        }
    }

    private static final class MovableClock extends Clock {
        private volatile Instant now = Reviews.NOW;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
