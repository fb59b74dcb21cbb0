package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.SensorHarness.Seen;
import io.kubeguardian.collector.sensor.SensorOptions;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.config.SensorHooks;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.SyscallCounts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often containers make which calls, through the whole collector. */
@KernelTest
class SyscallCountsIT {
    private static final int CALLS = 12_345;
    /** Numbers without a call: more than {@code KG_PENDING_CALLS}. */
    private static final int FIRST_UNUSED = 340;
    private static final int LAST_UNUSED = 420;

    @TempDir
    Path folder;

    private final String pod = TestCgroups.randomPod();
    private final String container = TestCgroups.randomContainer();
    private TestCgroups cgroups;

    @BeforeEach
    void makeCgroups() throws Exception {
        cgroups = TestCgroups.monitored();
    }

    @AfterEach
    void removeCgroups() throws Exception {
        cgroups.close();
    }

    @Test
    void aContainerThatLivesForAMomentHasItsCounts() throws Exception {
        try (NodeCollector collector = collector(300).start()) {
            Path cgroup = cgroups.container(pod, container);
            run(cgroup, trigger("call_often"), CALLS);

            cgroups.remove(cgroup);

            collector.close();
        }
        assertThat(counts()).singleElement().satisfies(this::isThatOfTheContainer);
    }

    @Test
    void eachRecordHasWhatWasCountedSinceTheLast() throws Exception {
        Path cgroup = cgroups.container(pod, container);
        try (SensorHarness seen = new SensorHarness(cgroups.tree(),
                new SensorOptions(1 << 18, 1 << 18, SensorHooks.AUTO, 0, List.of(), true))) {
            run(cgroup, trigger("call_often"), CALLS);
            seen.flushHistograms();
            run(cgroup, trigger("call_often"), 7);
            seen.flushHistograms();

            seen.flushHistograms(); // nothing was called since

            List<Seen<SyscallCounts>> records = records(seen);
            assertThat(records).extracting(r -> named(r.batch(), r.raw()).get("getppid")).containsExactly((long) CALLS, 7L);
            long first = records.get(0).batch().getBaseTime() + records.get(0).raw().getTime();
            long second = records.get(1).batch().getBaseTime() + records.get(1).raw().getTime();
            assertThat(records.get(1).raw().getInterval()).isEqualTo(second - first);
        }
    }

    @NotInGuest("a collector of its own; sums are made in Java")
    @Test
    void cgroupsInsideAContainerAreCountedAsTheContainer() throws Exception {
        try (NodeCollector collector = collector(300).start()) {
            Path cgroup = cgroups.container(pod, container);
            Path inner = cgroups.make(cgroup.resolve("inner"));
            run(inner, trigger("call_often"), CALLS - 45);
            cgroups.remove(inner);
            run(cgroup, trigger("call_often"), 45);

            cgroups.remove(cgroup);

            collector.close();
        }
        assertThat(counts()).singleElement().satisfies(this::isThatOfTheContainer);
    }

    @Test
    void cpusThatGoFromOneContainerToAnotherCountForEach() throws Exception {
        Path one = cgroups.container(pod, container);
        Path other = cgroups.container(pod, TestCgroups.randomContainer());
        try (SensorHarness seen = new SensorHarness(cgroups.tree(),
                new SensorOptions(1 << 18, 1 << 18, SensorHooks.AUTO, 0, List.of(), true))) {
            for (int i = 1; i <= 5; i++) {
                run(one, trigger("call_often"), 10);
                run(other, trigger("call_often"), i);
            }

            seen.flushHistograms();

            assertThat(records(seen))
                    .extracting(r -> named(r.batch(), r.raw()).get("getppid")).containsExactlyInAnyOrder(50L, 15L);
        }
    }

    @Test
    void moreKindsOfCallsThanACpuKeepsAreCounted() throws Exception {
        Path cgroup = cgroups.container(pod, container);
        try (SensorHarness seen = new SensorHarness(cgroups.tree(),
                new SensorOptions(1 << 18, 1 << 18, SensorHooks.AUTO, 0, List.of(), true))) {
            run(cgroup, trigger("call_each"), FIRST_UNUSED, LAST_UNUSED);

            seen.flushHistograms();

            Seen<SyscallCounts> record = records(seen).getFirst();
            Map<String, Long> counts = named(record.batch(), record.raw());
            for (int number = FIRST_UNUSED; number <= LAST_UNUSED; number++) {
                assertThat(counts).containsEntry("syscall_" + number, 1L);
            }
        }
    }

    @Test
    void callsOf32BitsAreCountedByTheirMeaning() throws Exception {
        int status;
        try (NodeCollector collector = collector(300).start()) {
            Path cgroup = cgroups.container(pod, container);
            status = run(cgroup, trigger("compat32"), "/etc/hostname", 1).status();

            collector.close();
        }
        org.junit.jupiter.api.Assumptions.assumeTrue(status == 0, "a kernel without 32-bit calls");
        assertThat(counts()).singleElement().satisfies(counts -> {
            assertThat(counts).containsEntry("connect", 2L);
            assertThat(counts).containsKey("open");
        });
    }

    @NotInGuest("a collector of its own; the filter is the one of all calls")
    @Test
    void processesOutsideAreNotCounted() throws Exception {
        try (TestCgroups others = new TestCgroups(); NodeCollector collector = collector(300).start()) {
            run(others.container(pod, container), trigger("call_often"), CALLS);

            collector.close();
        }
        assertThat(counts()).isEmpty();
    }

    @NotInGuest("a collector of its own; a setting of ours")
    @Test
    void nothingIsCountedWhenItIsSwitchedOff() throws Exception {
        try (NodeCollector collector = collector(0).start()) {
            run(cgroups.container(pod, container), trigger("call_often"), CALLS);

            collector.close();
        }
        assertThat(counts()).isEmpty();
    }

    private void isThatOfTheContainer(Map<String, Long> counts) {
        assertThat(counts).containsEntry("getppid", (long) CALLS).containsKeys("execve", "brk", "write");
    }

    /** The records in the capture, after the collector has ended. */
    private List<Map<String, Long>> counts() throws Exception {
        List<Map<String, Long>> all = new ArrayList<>();
        try (CaptureFile.Reader reader = new CaptureFile.Reader(folder.resolve("capture.avro"))) {
            for (CaptureEntry entry : reader) {
                EventBatch batch = (EventBatch) entry.getRecord();
                for (SyscallCounts record : batch.getSyscallCounts()) {
                    assertThat(batch.getPodUid()).isEqualTo(pod);
                    assertThat(batch.getStrings().get(record.getContainer())).isEqualTo(container);
                    assertThat(record.getInterval()).isPositive();
                    all.add(named(batch, record));
                }
            }
        }
        return all;
    }

    /** Of this test's pod: the sensor is shared with others. */
    private List<Seen<SyscallCounts>> records(SensorHarness seen) {
        return seen.read().all(EventBatch::getSyscallCounts).stream()
                .filter(record -> record.batch().getPodUid().equals(pod)).toList();
    }

    private static Map<String, Long> named(EventBatch batch, SyscallCounts record) {
        Map<String, Long> counts = new HashMap<>();
        for (int i = 0; i < record.getCalls().size(); i++) {
            counts.put(batch.getStrings().get(record.getCalls().get(i)), record.getCounts().get(i));
        }
        return counts;
    }

    private NodeCollector collector(int seconds) {
        KubeGuardianConfig config = ConfigReader.read(null, Map.of(
                "KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                "KUBEGUARDIAN_COLLECTOR_SYSCALL_COUNT_SECONDS", String.valueOf(seconds),
                "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"));
        return NodeCollector.open(config, new CollectorOptions(folder.resolve("capture.avro"), false));
    }
}
