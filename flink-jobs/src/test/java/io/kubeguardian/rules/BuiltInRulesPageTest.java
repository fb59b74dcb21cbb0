package io.kubeguardian.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.load.RuleFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/rules-builtin.md says of each rule what its file says. */
class BuiltInRulesPageTest {
    private static final Path PAGE = Path.of("../docs/rules-builtin.md");

    @Test
    void thePageHasARowForEachRuleOfEachFile() throws IOException {
        // Given
        List<String> rows = new ArrayList<>();
        List<Rule> rules = RuleSet.loadBuiltIn().rules();
        for (RuleSource file : RuleFiles.builtIn()) {
            String content = new String(file.content(), StandardCharsets.UTF_8);
            rules.stream()
                    .filter(rule -> content.contains("\n- rule: " + rule.name() + "\n  desc:"))
                    .forEach(rule -> rows.add(row(rule)));
        }

        // When
        List<String> page = Files.readAllLines(PAGE);

        // Then
        assertThat(page.stream().filter(line -> line.startsWith("| ") && !line.startsWith("| rule |")))
                .containsExactlyElementsOf(rows);
        assertThat(rows).hasSameSizeAs(rules);
        assertThat(page).anyMatch(line -> line.contains(rules.size() + " rules"));
    }

    private static String row(Rule rule) {
        return "| " + rule.name() + " | " + rule.priority() + " | " + String.join(", ", rule.techniques()) + " | "
                + rule.desc() + " |";
    }
}
