package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.attribute.AttributionCounts;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.ProcessEntry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers that come and go, thousands of them. */
@KernelTest(inGuest = false)
class ChurnIT {
    private static final int FEW = 1_000;
    private static final int MANY = 5_000;
    /** A table that kept what is gone would have grown by more: a cgroup takes some 500 bytes, two to a container. */
    private static final long SLACK_BYTES = 2 << 20;

    @TempDir
    Path folder;

    @Test
    void thousandsOfShortLivedContainersAreAllAttributedAndLeaveNothingBehind() throws Exception {
        Path capture = folder.resolve("capture.avro");
        try (TestCgroups cgroups = new TestCgroups();
                NodeCollector collector = NodeCollector.open(config(cgroups), new CollectorOptions(capture, false))) {
            Path kubepods = cgroups.make(cgroups.root().resolve("kubepods"));
            collector.start();

            Churn.run(kubepods, 1, FEW);
            long afterFew = heapWithoutWhatIsGone(collector);
            Churn.run(kubepods, FEW + 1, MANY - FEW);
            long afterMany = heapWithoutWhatIsGone(collector);

            assertThat(afterMany - afterFew).isLessThan(SLACK_BYTES);
            assertThat(collector.status().losses()).isEmpty();
            assertThat(collector.status().attributions())
                    .isEqualTo(new AttributionCounts(0, 0, 2, 2 * MANY + 2, 2 * MANY));
        }
        assertEveryEventIsAttributed(capture);
    }

    /** Bytes, once the table has only the two cgroups that are left. */
    private static long heapWithoutWhatIsGone(NodeCollector collector) throws Exception {
        long end = System.nanoTime() + 120_000_000_000L;
        while (collector.status().attributions().cgroups() > 2) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("cgroups are not forgotten: " + collector.status().attributions());
            }
            Thread.sleep(50);
        }
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void assertEveryEventIsAttributed(Path capture) throws Exception {
        BitSet execs = new BitSet();
        BitSet opens = new BitSet();
        int exits = 0;
        try (CaptureFile.Reader reader = new CaptureFile.Reader(capture)) {
            for (CaptureEntry entry : reader) {
                EventBatch batch = (EventBatch) entry.getRecord();
                assertThat(batch.getPodUid().isEmpty()).isEqualTo(BatchEvents.count(batch) == 0);
                for (Exec exec : batch.getExecs()) {
                    execs.set(number(batch, exec.getProcess(), batch.getStrings().get(exec.getArgs().getLast())));
                }
                for (Open open : batch.getOpens()) {
                    String path = batch.getStrings().get(open.getPath());
                    if (path.startsWith(Churn.PATH)) {
                        opens.set(number(batch, open.getProcess(), path));
                    }
                }
                exits += batch.getExits().size();
            }
        }
        assertThat(execs.cardinality()).isEqualTo(MANY);
        assertThat(opens.cardinality()).isEqualTo(MANY);
        assertThat(exits).isEqualTo(MANY);
    }

    /** The container's number that the event itself tells, which must be the one that it is attributed to. */
    private static int number(EventBatch batch, int process, String path) {
        int number = Integer.parseInt(path.substring(Churn.PATH.length()));
        ProcessEntry entry = batch.getProcesses().get(process);
        assertThat(batch.getPodUid()).isEqualTo(Churn.pod(number));
        assertThat(batch.getStrings().get(entry.getContainer())).isEqualTo(Churn.container(number));
        return number;
    }

    /** A ring that is large enough for a reader that the machine lets wait. */
    private static KubeGuardianConfig config(TestCgroups cgroups) {
        return ConfigReader.read(null, Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                "KUBEGUARDIAN_COLLECTOR_PRECIOUS_RING_BYTES", Integer.toString(1 << 24),
                "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"));
    }
}
