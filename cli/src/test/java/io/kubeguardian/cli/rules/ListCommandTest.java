package io.kubeguardian.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.rules.RuleSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListCommandTest {
    private static final String RULES = """
            - rule: works
              desc: d
              condition: evt.type = execve and proc.name = a
              output: x
              priority: INFO
              tags: [mine, T1059]
            - rule: works in part
              desc: d
              condition: evt.type = open and (fd.name = /a or proc.vmsize = 1)
              output: x
              priority: ERROR
              enabled: false
            - rule: cannot fire
              desc: d
              condition: evt.type = semop
              output: x
              priority: CRITICAL
              tags: [mine]
            """;

    @TempDir
    Path folder;

    @Test
    void withoutFilesTheBuiltInRulesAreListed() {
        CommandRun run = CommandRun.of("rules", "list");

        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).hasSize(RuleSet.loadBuiltIn().rules().size() + 2);
        assertThat(run.out()).containsPattern(
                "Crypto miner started +CRITICAL +T1496 +exec +yes +yes").doesNotContain("\u001b");
    }

    @Test
    void aTableSaysWhatCanFire() throws Exception {
        CommandRun run = CommandRun.of("rules", "list", rules());

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .containsPattern("works +INFORMATIONAL +T1059 +exec +yes +yes\n")
                .containsPattern("works in part +ERROR +- +open +no +partly, lacks proc.vmsize\n")
                .containsPattern("cannot fire +CRITICAL +- +- +yes +no\n")
                .endsWith("3 rules, 1 disabled, 1 without events of our sensors\n");
    }

    @Test
    void tagAndPriorityNarrow() throws Exception {
        CommandRun tagged = CommandRun.of("rules", "list", "--tag", "t1059", "--format", "json", rules());
        CommandRun urgent = CommandRun.of("rules", "list", "--priority", "error", "--format", "json", rules());
        CommandRun info = CommandRun.of("rules", "list", "--priority", "INFO", "--tag", "mine", "--format", "json", rules());

        assertThat(names(tagged)).containsExactly("works");
        assertThat(names(urgent)).containsExactly("works in part", "cannot fire");
        assertThat(names(info)).containsExactly("works", "cannot fire");
    }

    @Test
    void jsonHasTheDigestAndEveryColumn() throws Exception {
        CommandRun run = CommandRun.of("rules", "list", "--format", "json", rules());

        JsonNode report = new ObjectMapper().readTree(run.out());
        JsonNode part = report.at("/rules/1");
        assertThat(report.path("digest").asText()).isEqualTo(RuleSet.loadPaths(List.of(Path.of(rules()))).digest());
        assertThat(part.path("name").asText()).isEqualTo("works in part");
        assertThat(part.path("priority").asText()).isEqualTo("ERROR");
        assertThat(part.path("enabled").asBoolean()).isFalse();
        assertThat(part.path("sensors").asText()).isEqualTo("partly");
        assertThat(part.at("/events/0").asText()).isEqualTo("open");
        assertThat(part.at("/missingFields/0").asText()).isEqualTo("proc.vmsize");
    }

    @Test
    void rulesThatDoNotLoadAreExitCodeTwo() throws Exception {
        Path broken = Files.writeString(folder.resolve("b.yaml"), RULES.replace("proc.name", "proc.nme"));

        CommandRun strict = CommandRun.of("rules", "list", broken.toString());
        CommandRun lenient = CommandRun.of("rules", "list", "--lenient", broken.toString());

        assertThat(strict.code()).isEqualTo(2);
        assertThat(strict.out()).isEmpty();
        assertThat(strict.err()).contains("b.yaml:3:36: rule 'works': unknown field proc.nme");
        assertThat(lenient.code()).isZero();
        assertThat(lenient.err()).contains("left out: " + broken + ":3:36");
        assertThat(lenient.out()).contains("2 rules");
    }

    @Test
    void anUnknownPriorityIsWrongUse() {
        CommandRun run = CommandRun.of("rules", "list", "--priority", "LOUD");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("'LOUD' is no priority; expected one of [EMERGENCY");
    }

    private String rules() throws Exception {
        return Files.writeString(folder.resolve("a.yaml"), RULES).toString();
    }

    private static List<String> names(CommandRun run) throws Exception {
        return new ObjectMapper().readTree(run.out()).path("rules").findValuesAsText("name");
    }
}
