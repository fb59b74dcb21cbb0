package io.kubeguardian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;

    @BeforeEach
    void redirect() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    @Test
    void withoutACommandTheUsageGoesToStandardErrorAndTheExitCodeIsTwo() {
        int code = Main.run();

        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("demo").contains("up").contains("monitor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "up", "ingest", "monitor", "contain", "rules", "rules check", "rules list", "rules test", "scan"})
    void everyCommandExplainsItself(String command) {
        int code = Main.run((command + " --help").split(" "));

        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Usage: kubeguardian " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dmeo", "monitor --priority LOUD", "demo --jsn x", "monitor --format yaml", "ingest tetragon.log"})
    void wrongUseIsExitCodeTwo(String line) {
        int code = Main.run(line.split(" "));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).isNotBlank();
    }

    @Test
    void aFolderThatDoesNotExistIsToldBeforeAnythingStarts() {
        int code = Main.run("demo", "--json", "/does/not/exist/result.json");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("/does/not/exist/result.json").doesNotContain("\tat ");
    }

    @Test
    void aBrokerThatIsNotThereIsOneClearLine() {
        int code = Main.run("monitor", "--bootstrap-servers", "nowhere.invalid:9092");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("nowhere.invalid:9092").doesNotContain("\tat ");
    }
}
