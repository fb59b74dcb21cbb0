package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.kubeguardian.schema.EventBatch;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers that come and go, by their cgroups. */
@KernelTest
class ContainerSensorIT {
    private final String pod = TestCgroups.randomPod();
    private final String container = TestCgroups.randomContainer();
    private TestCgroups cgroups;

    @BeforeEach
    void makeTree() throws Exception {
        cgroups = TestCgroups.monitored();
    }

    @AfterEach
    void removeTree() throws Exception {
        cgroups.close();
    }

    @Test
    void aContainerStartsAndStopsWithItsCgroup() throws Exception {
        try (SensorHarness seen = new SensorHarness(cgroups.tree())) {
            Path cgroup = cgroups.container(pod, container);
            Path inside = cgroups.make(cgroup.resolve("made-by-the-container"));
            cgroups.remove(inside);

            cgroups.remove(cgroup);

            seen.read();
            assertThat(seen.all(EventBatch::getContainerChanges)).extracting(c -> c.batch().getPodUid(),
                    c -> c.text(c.raw().getContainer()), c -> c.raw().getStarted()).containsExactly(
                            tuple(pod, container, true), tuple(pod, container, false));
        }
    }

    @Test
    void aContainerIsStartedBeforeItsFirstProcess() throws Exception {
        try (SensorHarness seen = new SensorHarness(cgroups.tree())) {
            Path cgroup = cgroups.container(pod, container);

            run(cgroup, trigger("exit_with"), 0);

            seen.read();
            assertThat(seen.all(EventBatch::getContainerChanges)).singleElement().satisfies(started ->
                    assertThat(started.batch().getBaseTime() + started.raw().getTime())
                            .isLessThan(seen.batches.getFirst().getBaseTime() + seen.execs.getFirst().raw().getTime()));
        }
    }

    @Test
    void aContainerThatWasThereBeforeOnlyStops() throws Exception {
        Path cgroup = cgroups.container(pod, container);
        try (SensorHarness seen = new SensorHarness(cgroups.tree())) {
            cgroups.remove(cgroup);

            seen.read();
            assertThat(seen.all(EventBatch::getContainerChanges)).extracting(c -> c.raw().getStarted())
                    .containsExactly(false);
        }
    }

    @Test
    void aContainerElsewhereIsNotTold() throws Exception {
        try (TestCgroups other = new TestCgroups(); SensorHarness seen = new SensorHarness(cgroups.tree())) {
            other.remove(other.container(pod, container));

            seen.read();
            assertThat(seen.all(EventBatch::getContainerChanges)).isEmpty();
        }
    }
}
