package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collector as a process that cannot run: it says why in one line. */
class CollectorMainIT {
    @TempDir
    Path folder;

    @Test
    void aWrongKeyIsOneClearLineAndExitCodeTwo() throws Exception {
        Path file = Files.writeString(folder.resolve("c.yaml"), "collector:\n  batchMilis: 5\n");
        try (CollectorProcess collector = new CollectorProcess(Map.of(), List.of("--config", file.toString()))) {
            assertThat(collector.awaitLine("collector: ")).isEqualTo("collector: " + file
                    + ": unknown key collector.batchMilis; did you mean batchMillis?");
            assertThat(collector.exitCode()).isEqualTo(2);
        }
    }

    @Test
    void wrongUseIsOneClearLineAndExitCodeTwo() throws Exception {
        try (CollectorProcess collector = new CollectorProcess(Map.of(), List.of("--no-kafka"))) {
            assertThat(collector.awaitLine("collector: ")).contains("--no-kafka needs --capture FILE");
            assertThat(collector.exitCode()).isEqualTo(2);
        }
    }

    @Test
    void askedForHelpItSaysWhatEachOptionDoes() throws Exception {
        try (CollectorProcess collector = new CollectorProcess(Map.of(), List.of("--help"))) {
            String help = new String(collector.process.getInputStream().readAllBytes());

            assertThat(collector.exitCode()).isZero();
            assertThat(help).startsWith("usage: collector ").contains("--config FILE   ", "--capture FILE  ", "--no-kafka  ",
                    "--thaw  ", "--probe  ", "--programs  ");
        }
    }

    @Test
    void aCgroupThatIsNotThereIsOneClearLineAndExitCodeTwo() throws Exception {
        try (CollectorProcess collector = new CollectorProcess(
                Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", "not-there"), List.of())) {
            assertThat(collector.awaitLine("collector: ")).contains("not-there does not exist");
            assertThat(collector.exitCode()).isEqualTo(2);
        }
    }
}
