package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a collector ends, and how the next one goes on, as processes. */
@KernelTest(inGuest = false)
class RestartIT {
    private static final int TERMINATED = 128 + 15;

    private static EmbeddedKafka kafka;

    @TempDir
    Path folder;

    private final String pod = TestCgroups.randomPod();
    private final String node = "node-" + pod.substring(0, 8);
    private TestCgroups cgroups;
    private Path cgroup;

    @BeforeAll
    static void startBroker() {
        kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 1);
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @BeforeEach
    void start() throws Exception {
        cgroups = new TestCgroups();
        cgroup = cgroups.container(pod, TestCgroups.randomContainer());
    }

    @AfterEach
    void stop() throws Exception {
        cgroups.close();
    }

    @Test
    void whatIsInTheRingsWhenTheSignalComesIsSent() throws Exception {
        int opens = 20_000;
        try (CollectorProcess collector = collector()) {
            signal(collector, "STOP");
            awaitStopped(collector);
            run(cgroup, trigger("open_many"), opens, "/etc/hostname");
            signal(collector, "TERM");

            signal(collector, "CONT");

            assertThat(collector.exitCode()).isEqualTo(TERMINATED);
            List<EventBatch> batches = batches();
            assertThat(batches.stream().mapToInt(b -> b.getOpens().size()).sum()).isEqualTo(opens);
            assertThat(batches.stream().mapToInt(b -> b.getExecs().size()).sum()).isEqualTo(1);
            assertThat(batches.stream().mapToInt(b -> b.getExits().size()).sum()).isEqualTo(1);
            assertThat(batches.getLast().getLosses()).isEmpty();
        }
    }

    @Test
    void afterAStopTheNextOneGoesOnWithTheEpochAndTheNumbers() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (CollectorProcess collector = collector()) {
                run(cgroup, trigger("open_many"), 500, "/etc/hostname");
                assertThat(collector.terminate()).isEqualTo(TERMINATED);
            }
        }

        List<EventBatch> batches = batches();
        assertThat(batches).extracting(EventBatch::getEpoch).containsOnly(batches.getFirst().getEpoch());
        assertThat(batches).extracting(EventBatch::getPreviousEpoch).containsOnly(0L);
        List<Long> numbers = java.util.stream.LongStream.range(0, batches.size()).boxed().toList();
        assertThat(batches).extracting(EventBatch::getPodSequence).containsExactlyElementsOf(numbers);
        assertThat(all()).extracting(EventBatch::getNodeSequence).containsExactlyInAnyOrderElementsOf(
                java.util.stream.LongStream.range(0, all().size()).boxed().toList());
        assertThat(batches).extracting(EventBatch::getUnwatchedMillis).isSorted();
        assertThat(batches.stream().mapToLong(EventBatch::getUnwatchedMillis).distinct()).hasSize(3);
        try (TopicTail<CollectorHealth> health =
                new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            health.await(read -> read.stream().filter(h -> h.getEnded() && h.getNode().equals(node)).count() == 3);
        }
    }

    @Test
    void afterACrashTheNextOneSaysThatTheEpochBeforeHasNoEnd() throws Exception {
        try (CollectorProcess collector = collector()) {
            run(cgroup, trigger("exit_with"), 0);
            awaitBatches(1);
            collector.process.destroyForcibly();
            collector.exitCode();
        }
        long crashed = batches().getFirst().getEpoch();

        try (CollectorProcess collector = collector()) {
            run(cgroup, trigger("exit_with"), 0);
            collector.terminate();
        }

        EventBatch next = batches().getLast();
        assertThat(next.getEpoch()).isGreaterThan(crashed);
        assertThat(next.getPreviousEpoch()).isEqualTo(crashed);
        assertThat(next.getPodSequence()).isZero();
    }

    @Test
    void aSecondCollectorWithTheSameStateIsRefused() throws Exception {
        try (CollectorProcess first = collector();
                CollectorProcess second = new CollectorProcess(environment(), List.of())) {
            assertThat(second.awaitLine("collector: ")).contains(folder + " is in use by another collector");
            assertThat(second.exitCode()).isEqualTo(2);
            assertThat(first.process.isAlive()).isTrue();
        }
    }

    @Test
    void withoutKafkaItEndsAtItsDeadlineAndSaysWhatIsLost() throws Exception {
        try (CollectorProcess collector = collector(1)) {
            run(cgroup, trigger("exit_with"), 0);
            awaitBatches(1);
            kafka.stop();
            run(cgroup, trigger("exit_with"), 0);

            int code = collector.terminate();

            assertThat(code).isEqualTo(TERMINATED);
            assertThat(collector.awaitLineWith("event=events-lost-at-close")).contains("events=2");
        }
        kafka.restart();
        // What was lost is in the numbers and counters of the next run: a hole, and a loss.
        try (CollectorProcess collector = collector()) {
            run(cgroup, trigger("exit_with"), 0);
            collector.terminate();
        }
        List<EventBatch> batches = batches();
        assertThat(batches).extracting(EventBatch::getEpoch).containsOnly(batches.getFirst().getEpoch());
        assertThat(batches.getLast().getPodSequence()).isEqualTo(batches.getFirst().getPodSequence() + 2);
        assertThat(batches.getLast().getLosses())
                .containsExactly(new Loss(EventClass.PRECIOUS, LossCause.SEND_FAILED, 2L));
    }

    /** With time enough to send everything, however busy the machine. */
    private CollectorProcess collector() throws IOException {
        return collector(60);
    }

    private CollectorProcess collector(int drainSeconds) throws IOException {
        Map<String, String> environment = new HashMap<>(environment());
        environment.put("KUBEGUARDIAN_COLLECTOR_DRAIN_SECONDS", Integer.toString(drainSeconds));
        environment.put("KUBEGUARDIAN_COLLECTOR_SYSCALL_COUNT_SECONDS", "0"); // events that no test here asked for
        CollectorProcess collector = new CollectorProcess(environment, List.of());
        assertThat(collector.awaitLine("collector ready: ")).isNotNull();
        return collector;
    }

    private Map<String, String> environment() {
        return Map.of("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                "KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                "KUBEGUARDIAN_COLLECTOR_NODE", node,
                "KUBEGUARDIAN_COLLECTOR_STATE_FOLDER", folder.toString(),
                "KUBEGUARDIAN_COLLECTOR_OPEN_REPEAT_MILLIS", "0",
                "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1");
    }

    private void awaitBatches(int batches) throws Exception {
        try (TopicTail<EventBatch> events = new TopicTail<>(kafka, Topics.EVENTS, EventBatch.class)) {
            events.await(read -> read.stream().filter(b -> b.getPodUid().equals(pod)).count() >= batches);
        }
    }

    /** All of the pod that there are now. */
    private List<EventBatch> batches() throws Exception {
        return all().stream().filter(b -> b.getPodUid().equals(pod)).toList();
    }

    /** Also the node's own. */
    private List<EventBatch> all() throws Exception {
        try (TopicTail<EventBatch> events = new TopicTail<>(kafka, Topics.EVENTS, EventBatch.class)) {
            return events.all();
        }
    }

    private static void signal(CollectorProcess collector, String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(collector.process.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void awaitStopped(CollectorProcess collector) throws Exception {
        Path status = Path.of("/proc/" + collector.process.pid() + "/status");
        while (!Files.readString(status).contains("State:\tT")) {
            Thread.sleep(5);
        }
    }
}
