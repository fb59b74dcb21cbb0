package io.kubeguardian.cli.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.RuleSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules over what the sensor saw of a table of triggers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TriggerChecks {
    private RuleSet rules;
    private Map<String, Recording> recordings;

    /** The table. */
    abstract List<RuleTrigger> each();

    abstract RuleSet rules();

    /** What was seen, by the pods' names. @param folder an empty one to work in */
    abstract Map<String, Recording> recordings(Path folder) throws Exception;

    @BeforeAll
    void see(@TempDir Path folder) throws Exception {
        rules = rules();
        recordings = recordings(folder);
    }

    @ParameterizedTest
    @MethodSource("each")
    void theTriggerMakesExactlyTheRuleFire(RuleTrigger each) throws Exception {
        // Given
        Recording trigger = recordings.get(each.triggerPod());
        Set<String> intended = new TreeSet<>(each.alsoFires());
        intended.add(each.rule());

        // When
        Set<String> hits = trigger.hits(rules);

        // Then
        assertThat(hits).as(() -> trigger.batches().toString()).isEqualTo(intended);
    }

    @ParameterizedTest
    @MethodSource("each")
    void theNearMissMakesNoRuleFire(RuleTrigger each) throws Exception {
        // Given
        Recording nearMiss = recordings.get(each.nearMissPod());
        assertThat(nearMiss.hits(each.closeness())).as(() -> nearMiss.batches().toString()).containsExactly("close");

        // When
        Set<String> hits = nearMiss.hits(rules);

        // Then
        assertThat(hits).as(() -> nearMiss.batches().toString()).isEmpty();
    }
}
