package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.sensor.SystemCalls;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                NodeCollector collector = NodeCollector.open(config(cgroups,
                        "KUBEGUARDIAN_COLLECTOR_PRECIOUS_RING_BYTES", "4096"),
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

    @NotInGuest("a collector of its own; what is masked is decided in Java")
    @ParameterizedTest
    @CsvSource({"true, ***, password=***", "false, kg-no-secret, password=kg-no-secret"})
    void secretsAreMaskedUnlessThatIsSwitchedOff(String mask, String argument, String mountData) throws Exception {
        Path capture = folder.resolve("capture.avro");
        try (TestCgroups cgroups = new TestCgroups();
                NodeCollector collector = NodeCollector.open(config(cgroups,
                        "KUBEGUARDIAN_COLLECTOR_MASK_SECRETS", mask), new CollectorOptions(capture, false))) {
            Path container = cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer());
            collector.start();
            run(container, trigger("exit_with"), 0, "--password", "kg-no-secret");
            run(container, trigger("raw_call"), "64", SystemCalls.number("mount"), "://host/share", ":/no", ":cifs", 0,
                    ":password=kg-no-secret");

            collector.close();
        }
        List<EventBatch> batches = batches(capture);
        assertThat(batches.stream().flatMap(b -> b.getExecs().stream().map(e -> b.getStrings().get(e.getArgs().getLast())))
                .findFirst()).hasValue(argument);
        assertThat(batches.stream().flatMap(b -> b.getCalls().stream().map(c -> b.getStrings().get(c.getTexts().getLast()))))
                .containsExactly(mountData);
    }

    private static List<EventBatch> batches(Path capture) throws Exception {
        List<EventBatch> batches = new ArrayList<>();
        try (CaptureFile.Reader reader = new CaptureFile.Reader(capture)) {
            reader.forEach(entry -> batches.add((EventBatch) entry.getRecord()));
        }
        return batches;
    }

    private static KubeGuardianConfig config(TestCgroups cgroups, String variable, String value) {
        return ConfigReader.read(null, Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                variable, value,
                "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"));
    }
}
