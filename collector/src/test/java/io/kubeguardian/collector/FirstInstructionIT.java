package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No gap between the creation of a container and its being watched. */
@KernelTest
class FirstInstructionIT {
    private static final int TIMES = 200;

    @Test
    void aProgramThatBeginsInACgroupJustMadeIsSeenWithAllThatItDoesEveryTime() throws Exception {
        try (TestCgroups cgroups = TestCgroups.monitored();
                SensorHarness sensor = new SensorHarness(cgroups.tree())) {
            Path kubepods = cgroups.make(cgroups.root().resolve("kubepods"));

            Churn.run(kubepods, 1, TIMES);

            sensor.read();
            assertThat(sensor.preciousLost() + sensor.bulkLost()).isZero();
            assertThat(sensor.cgroups.counts().failures()).isZero();
            for (int i = 1; i <= TIMES; i++) {
                String path = Churn.PATH + i;
                assertThat(sensor.execs.stream().filter(e -> e.args().getLast().equals(path)).map(e -> e.process()))
                        .describedAs("exec of %d", i).singleElement().satisfies(belongsTo(i));
                assertThat(sensor.opens.stream().filter(e -> e.path().equals(path)).map(e -> e.process()))
                        .describedAs("open of %d", i).singleElement().satisfies(belongsTo(i));
                int pid = sensor.execs.stream().filter(e -> e.args().getLast().equals(path)).findFirst().orElseThrow()
                        .process().pid();
                String pod = Churn.pod(i);
                assertThat(sensor.forks.stream().filter(f -> f.process().podUid().equals(pod))
                        .map(f -> f.raw().getChildPid())).describedAs("fork of %d", i).isEqualTo(List.of(pid));
                assertThat(sensor.exits.stream().filter(e -> e.process().pid() == pid).map(e -> e.process()))
                        .describedAs("exit of %d", i).singleElement().satisfies(belongsTo(i));
            }
        }
    }

    private static java.util.function.Consumer<SensorHarness.Process> belongsTo(int number) {
        return process -> {
            assertThat(process.podUid()).isEqualTo(Churn.pod(number));
            assertThat(process.containerId()).isEqualTo(Churn.container(number));
        };
    }
}
