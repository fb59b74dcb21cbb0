package io.kubeguardian.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckCommandTest {
    private static final String MACRO = """
            - macro: started
              condition: evt.type in (execve, execveat)
            """;
    private static final String RULE = """
            - rule: cat runs
              desc: d
              condition: started and %s
              output: "%%proc.cmdline"
              priority: NOTICE
            """;

    @TempDir
    Path folder;

    @Test
    void filesThatBuildOnEachOtherAreFineInTheirOrder() throws Exception {
        Path macros = file("z.yaml", MACRO);
        Path rules = file("a.yaml", RULE.formatted("proc.name = cat"));

        CommandRun run = CommandRun.of("rules", "check", macros.toString(), rules.toString());
        CommandRun reversed = CommandRun.of("rules", "check", folder.toString());

        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo("fine: 1 rule in 2 files, 0 warnings\n");
        assertThat(run.err()).isEmpty();
        assertThat(reversed.code()).as("a folder's files load by name, whatever uses what").isZero();
    }

    @Test
    void everyProblemHasItsPlaceAndTheNearestName() throws Exception {
        Path one = file("1.yaml", MACRO + RULE.formatted("proc.nme = cat"));
        Path two = file("2.yaml", RULE.formatted("strated").replace("cat runs", "other"));

        CommandRun run = CommandRun.of("rules", "check", one.toString(), two.toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .contains(one + ":5:26: error: rule 'cat runs': unknown field proc.nme; did you mean proc.name?\n")
                .contains(two + ":3:26: error: rule 'other': unknown macro strated; did you mean started?\n")
                .endsWith("wrong: 2 errors, 0 warnings in 2 files; none of it would be loaded\n");
    }

    @Test
    void warningsAreToldBesideErrors() throws Exception {
        Path rules = file("a.yaml", MACRO.replace("condition", "coment: x\n  condition") + "- list: l\n  itms: [a]\n");

        CommandRun run = CommandRun.of("rules", "check", rules.toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("a.yaml:2:11: warning: unknown key coment").contains("a.yaml:4:3: error: list l");
    }

    @Test
    void aWarningAloneIsNoFinding() throws Exception {
        Path rules = file("a.yaml", MACRO + RULE.formatted("proc.vmsize = 1"));

        CommandRun run = CommandRun.of("rules", "check", rules.toString());

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("warning: no sensor provides proc.vmsize yet");
    }

    @Test
    void lenientLeavesOutTheRuleWithTheUnknownField() throws Exception {
        Path rules = file("a.yaml", MACRO + RULE.formatted("proc.unheard_of = 1")
                + RULE.formatted("proc.name = cat").replace("cat runs", "other"));

        CommandRun run = CommandRun.of("rules", "check", "--lenient", rules.toString());

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("a.yaml:5:26: left-out: rule 'cat runs': unknown field proc.unheard_of")
                .endsWith("fine: 1 rule in 1 file, 0 warnings, 1 rule left out\n");
    }

    @Test
    void jsonIsAloneOnStandardOutput() throws Exception {
        Path rules = file("a.yaml", MACRO + RULE.formatted("proc.nme = cat"));

        CommandRun run = CommandRun.of("rules", "check", "--format", "json", rules.toString());

        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        assertThat(report.path("valid").asBoolean()).isFalse();
        assertThat(report.at("/files/0").asText()).isEqualTo(rules.toString());
        assertThat(report.at("/findings/0/severity").asText()).isEqualTo("error");
        assertThat(report.at("/findings/0/line").asInt()).isEqualTo(5);
        assertThat(report.at("/findings/0/column").asInt()).isEqualTo(26);
        assertThat(report.at("/findings/0/message").asText()).contains("did you mean proc.name?");
    }

    @Test
    void anUnreadableFileIsOneLineOnStandardError() {
        CommandRun run = CommandRun.of("rules", "check", folder.resolve("none.yaml").toString());

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("none.yaml:1:1: rule file does not exist").hasLineCount(1);
    }

    @Test
    void aRuleFileCannotSteerTheTerminal() throws Exception {
        Path rules = file("a.yaml", MACRO + RULE.formatted("proc.nme = 1").replace("cat runs", "\"\\e[2Jgone\\nfine\""));

        CommandRun run = CommandRun.of("rules", "check", rules.toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).doesNotContain("\u001b").contains("gone fine").hasLineCount(2);
    }

    @Test
    void aConditionIsPointedInto() {
        CommandRun wrong = CommandRun.of("rules", "check", "--condition", "evt.type = open and fd.nme = x");
        CommandRun right = CommandRun.of("rules", "check", "--condition", "evt.type = open and fd.name = x");

        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.out()).startsWith("condition:1:21: error: unknown field fd.nme; did you mean fd.name?\n")
                .endsWith(" ".repeat(22) + "^\n");
        assertThat(right.code()).isZero();
        assertThat(right.out()).isEqualTo("fine\n");
    }

    @Test
    void syntaxAloneTakesUnknownNamesAsTheyAre() {
        CommandRun unknown = CommandRun.of("rules", "check", "--syntax-only", "--condition", "my_macro and ka.verb = x");
        CommandRun broken = CommandRun.of("rules", "check", "--syntax-only", "--condition", "my_macro and (a");

        assertThat(unknown.code()).isZero();
        assertThat(broken.code()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--syntax-only a.yaml", "--condition x a.yaml", "--condition x --lenient", "--format yaml x"})
    void wrongUseIsExitCodeTwo(String args) {
        CommandRun run = CommandRun.of(("rules check " + args).strip().split(" "));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isNotBlank().doesNotContain("\tat ");
    }

    @Test
    void rulesAloneShowsWhatThereIs() {
        CommandRun run = CommandRun.of("rules");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("check").contains("list").contains("test");
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }
}
