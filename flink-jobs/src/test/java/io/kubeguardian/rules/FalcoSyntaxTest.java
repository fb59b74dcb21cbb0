package io.kubeguardian.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.rules.syntax.ConditionSyntax;
import io.kubeguardian.rules.syntax.ConditionText;
import io.kubeguardian.rules.syntax.SyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The conditions that Falco's own parser accepts and rejects. */
class FalcoSyntaxTest {
    @Test
    void agreesWithFalcosParserOnEveryCondition() throws Exception {
        // Given
        JsonNode cases = new ObjectMapper().readTree(SharedData.require("falco/filter-syntax.json").toFile());
        List<String> disagreements = new ArrayList<>();

        // When
        cases.get("accept").forEach(condition -> {
            String problem = problem(condition.asText());
            if (problem != null) {
                disagreements.add("should be accepted: " + condition.asText() + " — " + problem);
            }
        });
        cases.get("reject").forEach(condition -> {
            if (problem(condition.asText()) == null) {
                disagreements.add("should be rejected: " + condition.asText());
            }
        });

        // Then
        assertThat(disagreements).isEmpty();
        assertThat(cases.get("accept").size() + cases.get("reject").size()).isGreaterThan(200);
    }

    private static String problem(String condition) {
        try {
            ConditionSyntax.parse(ConditionText.inline("condition", condition));
            return null;
        } catch (SyntaxException e) {
            return e.location() + " " + e.getMessage();
        }
    }
}
