package io.kubeguardian.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Falco's own rule files, unmodified. */
class FalcoFilesTest {
    @ParameterizedTest
    @CsvSource({"falco_rules.yaml, 25", "falco-incubating_rules.yaml, 31", "falco-sandbox_rules.yaml, 37"})
    void everyRuleOfAFalcoFileCompiles(String file, int rules) {
        // Given
        var path = SharedData.require("falco/" + file);

        // When
        RuleSet set = RuleSet.loadPaths(List.of(path), LoadMode.LENIENT);

        // Then
        assertThat(set.skipped()).isEmpty();
        assertThat(set.rules()).hasSize(rules);
    }

    @Test
    void allThreeFilesLoadTogetherAndMostRulesHaveEvents() {
        // Given
        var paths = List.of(SharedData.require("falco/falco_rules.yaml"),
                SharedData.require("falco/falco-incubating_rules.yaml"),
                SharedData.require("falco/falco-sandbox_rules.yaml"));

        // When
        RuleSet set = RuleSet.loadPaths(paths);

        // Then
        long able = set.rules().stream().filter(rule -> !rule.eventTypes().isEmpty()).count();
        assertThat(set.rules()).hasSizeGreaterThan(85);
        assertThat(able).isGreaterThan(50);
    }
}
