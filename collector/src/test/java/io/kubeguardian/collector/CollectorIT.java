package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.SensorMode;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From this kernel through a real broker and back into the kernel. */
@KernelTest(inGuest = false)
class CollectorIT {
    private static final int KILLED = 128 + 9;
    private static EmbeddedKafka kafka;

    @TempDir
    Path folder;

    private final String pod = TestCgroups.randomPod();
    private final String container = TestCgroups.randomContainer();
    private final String node = "node-" + pod.substring(0, 8);
    private TestCgroups cgroups;
    private Path cgroup;
    private NodeCollector collector;

    @BeforeAll
    static void startBroker() {
        kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 2);
    }

    @AfterAll
    static void stopBroker() {
        if (kafka != null) {
            kafka.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        cgroups = new TestCgroups();
        cgroup = cgroups.container(pod, container);
        collector = NodeCollector.open(config(), new CollectorOptions(folder.resolve("capture.avro"), true)).start();
    }

    @AfterEach
    void stop() throws Exception {
        collector.close();
        cgroups.close();
    }

    @Test
    void batchesArriveNumberedWithoutHolesAndAreInTheCaptureToo() throws Exception {
        for (int i = 0; i < 20; i++) {
            run(cgroup, trigger("open_many"), 100, "/etc/hostname", "/etc/passwd");
        }
        // Another pod in between: numbers are per pod and per node.
        run(cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer()), trigger("exit_with"), 0);

        try (TopicTail<EventBatch> topic = new TopicTail<>(kafka, Topics.EVENTS, EventBatch.class)) {
            List<EventBatch> all = topic.await(read -> mine(read).stream().mapToInt(b -> b.getOpens().size()).sum() == 2000
                    && mine(read).stream().mapToInt(b -> b.getExits().size()).sum() == 20);

            List<EventBatch> mine = mine(all);
            for (int i = 0; i < mine.size(); i++) {
                assertThat(mine.get(i).getPodSequence()).isEqualTo(i);
                assertThat(mine.get(i).getLosses()).isEmpty();
                BatchEvents.validate(mine.get(i));
            }
            assertThat(mine.stream().mapToInt(b -> b.getExecs().size()).sum()).isEqualTo(20);
            assertThat(all.stream().filter(b -> b.getNode().equals(node)).map(EventBatch::getNodeSequence).sorted())
                    .containsExactlyElementsOf(range(nodeBatches(all)));
            assertThat(topic.records).filteredOn(r -> r.key().equals(pod)).hasSameSizeAs(mine)
                    .allSatisfy(r -> assertThat(Math.abs(r.timestamp() - System.currentTimeMillis())).isLessThan(120_000));
        }
        collector.close();
        List<EventBatch> captured = new ArrayList<>();
        try (CaptureFile.Reader reader = new CaptureFile.Reader(folder.resolve("capture.avro"))) {
            for (CaptureEntry entry : reader) {
                captured.add((EventBatch) entry.getRecord());
            }
        }
        assertThat(mine(captured).stream().mapToInt(b -> b.getOpens().size()).sum()).isEqualTo(2000);
    }

    @Test
    void aDecisionIsAppliedReportedAtOnceAndReleased() throws Exception {
        Decision decision = decision("d1", 600, ContainmentAction.KILL_EXEC, ContainmentAction.DENY_EXEC);

        send(Topics.DECISIONS, Keys.decision(decision), AvroCodec.of(Decision.class).encode(decision));

        try (TopicTail<CollectorHealth> health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            ContainmentStatus status = awaitStatus(health, s -> s.getState() == ContainmentState.ACTIVE);
            assertThat(status.getRequested()).containsExactly(ContainmentAction.KILL_EXEC, ContainmentAction.DENY_EXEC);
            // On a kernel that takes LSM programs both are in force; elsewhere the one that is not is named.
            if (!status.getEffective().contains(ContainmentAction.DENY_EXEC)) {
                assertThat(status.getEffective()).containsExactly(ContainmentAction.KILL_EXEC);
                assertThat(status.getDetail()).contains("DENY_EXEC: lsm/bprm_check_security refused");
                assertThat(run(cgroup, trigger("exit_with"), 0).status()).isEqualTo(KILLED);
                awaitStatus(health, s -> s.getExecsKilled() == 1);
            }

            decision.setReleased(true);
            send(Topics.DECISIONS, Keys.decision(decision), AvroCodec.of(Decision.class).encode(decision));

            awaitStatus(health, s -> s.getState() == ContainmentState.RELEASED);
            assertThat(run(cgroup, trigger("exit_with"), 0).status()).isZero();
        }
    }

    @Test
    void aDecisionOutlivesTheCollectorAndExpires() throws Exception {
        Decision decision = decision("d2", 600, ContainmentAction.KILL_EXEC);
        send(Topics.DECISIONS, Keys.decision(decision), AvroCodec.of(Decision.class).encode(decision));
        try (TopicTail<CollectorHealth> health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            awaitStatus(health, s -> s.getState() == ContainmentState.ACTIVE);
        }
        collector.close();
        assertThat(run(cgroup, trigger("exit_with"), 0).status()).isZero();

        collector = NodeCollector.open(config()).start();

        long epoch = collector.origin().epoch();
        try (TopicTail<CollectorHealth> health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            health.await(read -> mineHealth(read).stream().anyMatch(h -> h.getEpoch() == epoch
                    && h.getContainments().stream().anyMatch(s -> s.getState() == ContainmentState.ACTIVE)));
            assertThat(run(cgroup, trigger("exit_with"), 0).status()).isEqualTo(KILLED);

            Decision shorter = decision("d3", 1, ContainmentAction.KILL_EXEC);
            send(Topics.DECISIONS, Keys.decision(shorter), AvroCodec.of(Decision.class).encode(shorter));

            awaitStatus(health, s -> s.getDecisionId().equals("d3") && s.getState() == ContainmentState.EXPIRED);
            assertThat(run(cgroup, trigger("exit_with"), 0).status()).isZero();
        }
    }

    @Test
    void aDecisionThatWasTakenBackIsNotInForceAgainForAMomentAfterARestart() throws Exception {
        collector.close();
        Decision decision = decision("d7", 600, ContainmentAction.KILL_EXEC);
        send(Topics.DECISIONS, Keys.decision(decision), AvroCodec.of(Decision.class).encode(decision));
        decision.setReleased(true);
        send(Topics.DECISIONS, Keys.decision(decision), AvroCodec.of(Decision.class).encode(decision));
        Decision ofThePod = decision("d8", 600, ContainmentAction.DENY_NETWORK);
        ofThePod.setContainerId("");
        send(Topics.DECISIONS, Keys.decision(ofThePod), AvroCodec.of(Decision.class).encode(ofThePod));

        collector = NodeCollector.open(config()).start();

        try (TopicTail<CollectorHealth> health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            awaitStatus(health, s -> s.getState() == ContainmentState.ACTIVE);
        }
        assertThat(collector.status().containments()).extracting(ContainmentStatus::getDecisionId).containsExactly("d8");
    }

    @Test
    void aMalformedDecisionGoesToTheDeadLettersAndTheNextOneIsRead() throws Exception {
        byte[] broken = ("not a decision of " + pod).getBytes();
        Decision decision = decision("d4", 600, ContainmentAction.DENY_NETWORK);

        send(Topics.DECISIONS, "broken", broken);
        send(Topics.DECISIONS, Keys.decision(decision), AvroCodec.of(Decision.class).encode(decision));

        try (TopicTail<DeadLetter> dead = new TopicTail<>(kafka, Topics.DEAD_LETTERS, DeadLetter.class);
                TopicTail<CollectorHealth> health =
                        new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            dead.await(read -> read.stream().anyMatch(d -> d.getTopic().equals(Topics.DECISIONS)
                    && d.getComponent().equals("collector") && new String(d.getPayload().array()).contains(pod)));
            // The same key whichever node's collector tells it: on the topic one remains.
            assertThat(dead.records).extracting(ConsumerRecord::key)
                    .allMatch(key -> key.matches(Topics.DECISIONS + "/0/\\d+"));
            awaitStatus(health, s -> s.getState() == ContainmentState.ACTIVE);
        }
    }

    @Test
    void aDecisionForAnotherNodeIsLeftAlone() throws Exception {
        Decision other = decision("d5", 600, ContainmentAction.KILL_EXEC);
        other.setNode("elsewhere");
        send(Topics.DECISIONS, "other", AvroCodec.of(Decision.class).encode(other));
        Decision own = decision("d6", 600, ContainmentAction.DENY_NETWORK);

        send(Topics.DECISIONS, Keys.decision(own), AvroCodec.of(Decision.class).encode(own));

        try (TopicTail<CollectorHealth> health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            awaitStatus(health, s -> s.getState() == ContainmentState.ACTIVE);
        }
        assertThat(collector.status().containments()).extracting(ContainmentStatus::getDecisionId).containsExactly("d6");
    }

    @Test
    void healthNamesEverySensorAndMetricsAreServed() throws Exception {
        run(cgroup, trigger("exit_with"), 0);
        try (TopicTail<CollectorHealth> health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            CollectorHealth last = mineHealth(health.await(read -> mineHealth(read).stream()
                    .anyMatch(h -> h.getEventsRead() > 0 && h.getBatchesSent() > 0))).getLast();
            assertThat(last.getSensors()).extracting(SensorMode::getSensor).contains("exec", "contain.network");
            assertThat(last.getResidentBytes()).isPositive();
            assertThat(last.getBytesSent()).isPositive();
        }

        try (HttpClient http = HttpClient.newHttpClient()) {
            assertThat(get(http, "/metrics").body()).contains("kubeguardian_collector_events_total",
                    "kubeguardian_collector_sends_repeated_total",
                    "kubeguardian_collector_sensor_active{sensor=\"exec\",hook=\"tp_btf/sched_process_exec\",} 1.0",
                    "kubeguardian_collector_sensor_active{sensor=\"contain.freeze\",hook=\"cgroup.freeze\",} 1.0");
            assertThat(get(http, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(http, "/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void repeatedOpensAreInTheHealthRecordsAndTheMetrics() throws Exception {
        collector.close();
        collector = NodeCollector.open(config(3_600_000)).start();

        run(cgroup, trigger("open_many"), 100, "/etc/hostname");

        try (TopicTail<CollectorHealth> health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class);
                HttpClient http = HttpClient.newHttpClient()) {
            health.await(read -> mineHealth(read).stream().anyMatch(h -> h.getOpensRepeated() == 99));
            assertThat(get(http, "/metrics").body()).contains("kubeguardian_collector_opens_repeated_total 99.0");
        }
    }

    private HttpResponse<String> get(HttpClient http, String path) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + collector.metricsPort() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private ContainmentStatus awaitStatus(TopicTail<CollectorHealth> health, Predicate<ContainmentStatus> condition)
            throws Exception {
        Predicate<CollectorHealth> ofPod = h -> h.getContainments().stream()
                .anyMatch(s -> s.getPodUid().equals(pod) && condition.test(s));
        return mineHealth(health.await(read -> mineHealth(read).stream().anyMatch(ofPod))).stream().filter(ofPod)
                .flatMap(h -> h.getContainments().stream()).filter(condition).findFirst().orElseThrow();
    }

    private List<CollectorHealth> mineHealth(List<CollectorHealth> read) {
        return read.stream().filter(h -> h.getNode().equals(node)).toList();
    }

    private List<EventBatch> mine(List<EventBatch> read) {
        return read.stream().filter(b -> b.getPodUid().equals(pod)).toList();
    }

    private int nodeBatches(List<EventBatch> read) {
        return (int) read.stream().filter(b -> b.getNode().equals(node)).count();
    }

    private static List<Long> range(int count) {
        return java.util.stream.LongStream.range(0, count).boxed().toList();
    }

    private Decision decision(String id, int seconds, ContainmentAction... actions) {
        long now = System.currentTimeMillis() * 1_000_000;
        return Decision.newBuilder().setId(id).setCluster("test").setNode(node).setPodUid(pod).setContainerId(container)
                .setWorkload(new WorkloadRef("test", "ns", "Deployment", "w")).setActions(List.of(actions))
                .setReason("test").setIssuedBy("test").setIssuedTime(now).setExpiresTime(now + seconds * 1_000_000_000L)
                .build();
    }

    private static void send(String topic, String key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(kafka.clientProperties(),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, Keys.bytes(key), value)).get();
        }
    }

    /** The tests count opens: none is held back. */
    private KubeGuardianConfig config() {
        return config(0);
    }

    private KubeGuardianConfig config(int openRepeatMillis) {
        Map<String, String> environment = new HashMap<>();
        environment.put("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString());
        environment.put("KUBEGUARDIAN_COLLECTOR_CLUSTER", "test");
        environment.put("KUBEGUARDIAN_COLLECTOR_NODE", node);
        environment.put("KUBEGUARDIAN_COLLECTOR_HEALTH_SECONDS", "1");
        environment.put("KUBEGUARDIAN_COLLECTOR_OPEN_REPEAT_MILLIS", Integer.toString(openRepeatMillis));
        environment.put("KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "0");
        return ConfigReader.read(null, environment);
    }
}
