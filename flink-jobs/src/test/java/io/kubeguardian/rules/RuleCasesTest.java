package io.kubeguardian.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules by theme that come with KubeGuardian, each with its trigger and its near miss. */
class RuleCasesTest {
    private static final RuleSet RULES = RuleSet.loadBuiltIn();

    static List<RuleCase> cases() {
        return RuleCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theTriggerMakesExactlyTheIntendedRulesFire(RuleCase each) {
        // Given
        List<String> intended = new ArrayList<>(each.alsoFires());
        intended.add(each.rule());

        // When
        List<String> hits = Rules.hits(RULES, each.trigger());

        // Then
        assertThat(hits).containsExactlyInAnyOrderElementsOf(intended);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theNearMissMakesNoRuleFire(RuleCase each) {
        // Given the near miss, When
        List<String> hits = Rules.hits(RULES, each.nearMiss());

        // Then
        assertThat(hits).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theOutputSaysWhatHappenedWhereAndInWhichPod(RuleCase each) {
        // Given
        List<String> outputs = new ArrayList<>();

        // When
        RULES.evaluate(each.trigger(), hit -> outputs.add(hit.rule().name() + ": " + hit.output()));

        // Then
        assertThat(outputs).allMatch(output -> output.contains(" | ")
                && output.contains("command=" + each.trigger().process().commandLine())
                && output.contains("container=0123456789ab image=registry.example:5000/shop/server:1.4 pod=shop/server-7d9f"));
    }

    @Test
    void thereAreAtLeastFortyRulesThatCanFire() {
        // Given the rules, When
        List<Rule> rules = RULES.rules().stream().filter(rule -> rule.enabled() && !rule.eventTypes().isEmpty()).toList();

        // Then
        assertThat(rules).hasSizeGreaterThanOrEqualTo(40);
    }
}
