package io.kubeguardian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            dmeo                        | kubeguardian: no command 'dmeo'; see kubeguardian --help
            scan                        | kubeguardian scan: Missing required parameter: 'PATH'; see kubeguardian scan --help
            scan x --framework nosuch   | no framework 'nosuch'
            rules chekc                 | kubeguardian rules: no command 'chekc'; did you mean check?; see kubeguardian rules --help
            rules check --formt json x  | kubeguardian rules check: Unknown option: '--formt'
            """)
    void wrongUseIsOneLineThatSaysWhereTheUseIsExplained(String line, String said) {
        int code = Main.run(line.split(" "));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(said).endsWith("--help\n").hasLineCount(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void eachLineOfADescriptionIsASentenceBecauseListsShowTheFirstAlone() {
        List<String> lines = descriptions(new CommandLine(Main.class)).toList();

        assertThat(lines).hasSizeGreaterThan(40).allMatch(line -> line.endsWith("."));
    }

    private static Stream<String> descriptions(CommandLine line) {
        return Stream.concat(Arrays.stream(line.getCommandSpec().usageMessage().description()),
                line.getSubcommands().values().stream().flatMap(MainTest::descriptions));
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
