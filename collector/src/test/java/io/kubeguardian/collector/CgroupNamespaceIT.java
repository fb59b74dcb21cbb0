package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collector in a container with a cgroup namespace of its own, as Kubernetes starts it by default. */
@KernelTest(inGuest = false)
class CgroupNamespaceIT {
    @TempDir
    Path folder;

    @Test
    void withTheNamespacesOwnMountItSaysWhatToDoRatherThanMonitorNothing() throws Exception {
        try (TestCgroups own = new TestCgroups();
                TestCgroups cgroups = new TestCgroups();
                CollectorProcess collector = inNamespace(own, cgroups,
                        "umount " + mount() + " && mount -t cgroup2 none " + mount() + " && exec \"$@\"")) {
            String line = collector.awaitLine("collector: ");

            assertThat(line).contains(mount() + " shows a part of the hierarchy only", "mount the host's /sys/fs/cgroup");
            assertThat(collector.exitCode()).isEqualTo(2);
        }
    }

    @Test
    void withTheHostsMountItMonitorsAsOnTheHost() throws Exception {
        String pod = TestCgroups.randomPod();
        try (TestCgroups own = new TestCgroups();
                TestCgroups cgroups = new TestCgroups();
                CollectorProcess collector = inNamespace(own, cgroups, "exec \"$@\"")) {
            assertThat(collector.awaitLine("collector ready: ")).contains("cgroup=" + cgroups.root());

            run(cgroups.container(pod, TestCgroups.randomContainer()), trigger("exit_with"), 0);

            collector.terminate();
            try (CaptureFile.Reader reader = new CaptureFile.Reader(folder.resolve("capture.avro"))) {
                EventBatch first = StreamSupport.stream(reader.spliterator(), false)
                        .map(entry -> (EventBatch) entry.getRecord()).filter(b -> BatchEvents.count(b) > 0)
                        .findFirst().orElseThrow();
                assertThat(first.getPodUid()).isEqualTo(pod);
            }
        }
    }

    private static String mount() {
        return CgroupTree.findMount().toString();
    }

    /** @param own where the collector itself is, whose namespace begins there */
    private CollectorProcess inNamespace(TestCgroups own, TestCgroups cgroups, String script) throws Exception {
        return new CollectorProcess(
                List.of(trigger("in_cgroup").toString(), own.root().toString(), "/usr/bin/unshare", "--cgroup", "--mount",
                        "/bin/sh", "-c", script, "sh"),
                System.getProperty("java.class.path"),
                Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                        "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"),
                List.of("--capture", folder.resolve("capture.avro").toString(), "--no-kafka"));
    }
}
