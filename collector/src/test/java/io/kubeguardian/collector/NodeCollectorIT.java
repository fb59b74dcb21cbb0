package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collector on this kernel, without a broker. */
@KernelTest
class NodeCollectorIT {
    private static final int MANY = 200;

    @TempDir
    Path folder;

    @NotInGuest("a collector of its own; what it walks is files")
    @Test
    void cgroupsThatTheRingHadNoRoomToTellOfAreFound() throws Exception {
        try (TestCgroups cgroups = new TestCgroups();
                NodeCollector collector = NodeCollector.open(config(cgroups),
                        new CollectorOptions(folder.resolve("capture.avro"), false))) {
            for (int i = 0; i < MANY; i++) { // nobody reads the ring yet
                cgroups.make(cgroups.root().resolve("one-of-many-" + i));
            }

            collector.start();

            long deadline = System.nanoTime() + 60_000_000_000L;
            while (collector.status().attributions().cgroups() < MANY + 1 && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
            assertThat(collector.status().losses()).isNotEmpty();
            assertThat(collector.status().attributions().cgroups()).isEqualTo(MANY + 1);
        }
    }

    private static KubeGuardianConfig config(TestCgroups cgroups) {
        return ConfigReader.read(null, Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                "KUBEGUARDIAN_COLLECTOR_PRECIOUS_RING_BYTES", "4096",
                "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"));
    }
}
