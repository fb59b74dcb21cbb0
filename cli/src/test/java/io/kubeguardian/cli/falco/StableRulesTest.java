package io.kubeguardian.cli.falco;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.Rule;
import io.kubeguardian.rules.RuleSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Falco's stable rules over what the sensor recorded of real triggers (see {@link StableRulesIT}). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StableRulesTest {
    static final Path CAPTURE = Path.of("src/test/resources/falco-stable.avro");

    private RuleSet rules;
    private Map<String, Recording> recordings;

    @BeforeAll
    void read() throws Exception {
        rules = StableFile.require();
        recordings = Recording.read(CAPTURE);
    }

    static List<StableRule> each() {
        return StableRules.all();
    }

    @ParameterizedTest
    @MethodSource("each")
    void theTriggerMakesExactlyTheRuleFire(StableRule each) throws Exception {
        // Given
        Recording trigger = recordings.get(each.triggerPod());

        // When
        Set<String> hits = trigger.hits(rules);

        // Then
        assertThat(hits).containsExactly(each.rule());
    }

    @ParameterizedTest
    @MethodSource("each")
    void theNearMissMakesNoRuleFire(StableRule each) throws Exception {
        // Given
        Recording nearMiss = recordings.get(each.nearMissPod());
        assertThat(nearMiss.hits(each.closeness())).as("it has happened").containsExactly("close");

        // When
        Set<String> hits = nearMiss.hits(rules);

        // Then
        assertThat(hits).isEmpty();
    }

    @Test
    void eachRuleOfTheFileHasItsTrigger() {
        // Given the file, When
        List<String> names = rules.rules().stream().map(Rule::name).toList();

        // Then
        assertThat(each()).extracting(StableRule::rule).containsExactlyElementsOf(names);
    }
}
