package io.kubeguardian.cli.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.Rule;
import io.kubeguardian.rules.RuleSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Falco's stable rules over what the sensor recorded of real triggers (see {@link StableRulesIT}). */
class StableRulesTest extends TriggerChecks {
    static final Path CAPTURE = Path.of("src/test/resources/falco-stable.avro");

    @Override
    List<RuleTrigger> each() {
        return StableTriggers.all();
    }

    @Override
    RuleSet rules() {
        return StableFile.require();
    }

    @Override
    Map<String, Recording> recordings(Path folder) throws Exception {
        return Recording.read(CAPTURE);
    }

    @Test
    void eachRuleOfTheFileHasItsTrigger() {
        // Given the file, When
        List<String> names = rules().rules().stream().map(Rule::name).toList();

        // Then
        assertThat(each()).extracting(RuleTrigger::rule).containsExactlyElementsOf(names);
    }
}
