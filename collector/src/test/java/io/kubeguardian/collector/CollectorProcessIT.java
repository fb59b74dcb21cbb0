package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collector as a process that runs: what it says, and how it ends. */
@KernelTest(inGuest = false)
class CollectorProcessIT {
    @TempDir
    Path folder;

    @Test
    void itSaysWhatRunsAndOnSigtermWritesWhatItHasAndEnds() throws Exception {
        Path capture = folder.resolve("capture.avro");
        String pod = TestCgroups.randomPod();
        try (TestCgroups cgroups = new TestCgroups();
                CollectorProcess collector = new CollectorProcess(
                        Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                                "KUBEGUARDIAN_COLLECTOR_BATCH_MILLIS", "10000",
                                "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"),
                        List.of("--capture", capture.toString(), "--no-kafka"))) {
            String ready = collector.awaitLine("collector ready: ");
            assertThat(ready).contains("cgroup=" + cgroups.root(), "exec=tp_btf/sched_process_exec",
                    "contain.freeze=cgroup.freeze");
            run(cgroups.container(pod, TestCgroups.randomContainer()), trigger("exit_with"), 0);

            int code = collector.terminate();

            assertThat(code).isEqualTo(128 + 15);
            try (CaptureFile.Reader reader = new CaptureFile.Reader(capture)) {
                EventBatch batch = StreamSupport.stream(reader.spliterator(), false)
                        .map(entry -> (EventBatch) entry.getRecord()).filter(b -> BatchEvents.count(b) > 0)
                        .findFirst().orElseThrow();
                assertThat(batch.getPodUid()).isEqualTo(pod);
                assertThat(batch.getExecs()).hasSize(1);
                assertThat(batch.getExits()).hasSize(1);
            }
        }
    }

    @Test
    void aCertificateThatIsNotThereIsOneClearLineAndExitCodeTwo() throws Exception {
        Path missing = folder.resolve("ca.crt");
        try (TestCgroups cgroups = new TestCgroups();
                CollectorProcess collector = new CollectorProcess(
                        Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                                "KUBEGUARDIAN_KAFKA_AUTHORITY", missing.toString()), List.of())) {
            assertThat(collector.awaitLine("collector: "))
                    .isEqualTo("collector: kafka.authority: " + missing + ": no such file");
            assertThat(collector.exitCode()).isEqualTo(2);
        }
    }

    @Test
    void aFullDiskEndsItWithAClearLineAndACaptureThatCanBeReadToItsEnd() throws Exception {
        Path capture = folder.resolve("small/capture.avro");
        Path kept = folder.resolve("kept.avro");
        Files.createDirectory(capture.getParent());
        // A disk of its own, in a mount namespace of its own: what is on it is copied before both go away.
        String script = "mount -t tmpfs -o size=64k none " + capture.getParent()
                + " && \"$@\"; code=$?; cp " + capture + ' ' + kept + "; exit $code";
        try (TestCgroups cgroups = new TestCgroups();
                CollectorProcess collector = new CollectorProcess(
                        List.of("unshare", "--mount", "/bin/sh", "-c", script, "sh"),
                        System.getProperty("java.class.path"),
                        Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                                "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"),
                        List.of("--capture", capture.toString(), "--no-kafka"))) {
            collector.awaitLine("collector ready: ");
            Path container = cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer());
            while (collector.process.isAlive()) {
                run(container, trigger("open_many"), 500, "/" + TestCgroups.randomContainer(), "/" + UUID.randomUUID());
            }

            assertThat(collector.awaitLine("collector: "))
                    .isEqualTo("collector: cannot write " + capture + ": No space left on device");
            assertThat(collector.exitCode()).isEqualTo(2);
            try (CaptureFile.Reader reader = new CaptureFile.Reader(kept)) {
                assertThat(reader).isNotEmpty();
            }
        }
    }
}
