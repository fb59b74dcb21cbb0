package io.kubeguardian.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionCheckTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "proc.name = | condition:1:12: unexpected end of the condition; expected a value",
        "proc.name is cat | condition:1:11: unexpected 'is'; expected an operator (=",
        "proc.name = cat dog.x = 1 | condition:1:17: unexpected 'dog.x'; expected ",
        "(proc.name = cat | condition:1:17: unexpected end of the condition; expected ",
        "fd.num > x | condition:1:10: unexpected 'x'; expected a number",
        "proc.name in cat, dog | condition:1:17: unexpected ','; expected ",
        "proc.nam = cat | condition:1:1: unknown field proc.nam; did you mean proc.name?",
        "spawned and proc.name = cat | condition:1:1: unknown macro spawned",
    })
    void saysWhereAndWhatWasExpected(String condition, String expected) {
        // Given the condition, When
        String problem = ConditionCheck.check(condition, false).orElseThrow().toString();

        // Then
        assertThat(problem).startsWith(expected);
    }

    @Test
    void syntaxAloneTakesAnyFieldAndMacro() {
        assertThat(ConditionCheck.check("some_macro and k8s.audit.thing[x] in (a, b)", true)).isEmpty();
    }

    @Test
    void findsNothingInAGoodCondition() {
        assertThat(ConditionCheck.check("evt.type = execve and proc.name in (sh, bash)", false)).isEmpty();
    }
}
