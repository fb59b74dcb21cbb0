package io.kubeguardian.correlation;

import static io.kubeguardian.correlation.CorrelationTest.pattern;
import static io.kubeguardian.correlation.CorrelationTest.sources;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubeguardian.schema.Priority;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of Sigma's language is understood, and how the documents of a file refer to each other. */
class PatternLanguageTest {
    /** As Sigma's users have them: event rules of Windows beside the correlation rules that use them. */
    private static final String FOREIGN = """
            title: Logon that failed
            id: 0e95725d-7320-415d-80f7-004da920fc27
            name: failed_logon
            status: test
            logsource:
              product: windows
              service: security
            detection:
              selection:
                EventID: 4625
              filter:
                SubjectUserName|endswith: '$'
              condition: selection and not filter
            falsepositives: [Unknown]
            customField: whatever
            ---
            title: Logon that worked
            name: successful_logon
            logsource: {product: windows, service: security}
            detection:
              selection: {EventID: 4624}
              condition: selection
            ---
            title: Many failed logons
            id: 5638f7c0-ac70-491d-8465-2a65075e0d86
            name: many_failed_logons
            correlation:
              type: event_count
              rules: failed_logon
              group-by: [workload]
              timespan: 5m
              condition:
                gte: 10
            ---
            title: Many failed logons, then one that worked
            id: 4bc9d6a6-5ba4-4dd4-9af0-1b9b1c1f5a1e
            status: test
            level: high
            correlation:
              type: temporal_ordered
              rules:
                - 5638f7c0-ac70-491d-8465-2a65075e0d86
                - successful_logon
              group-by: [workload]
              timespan: 1h
            """;

    private static List<CorrelationPattern> load(String... texts) {
        return PatternSet.of(sources(texts)).patterns();
    }

    @Test
    void sigmaFilesLoadAsTheyAre() {
        List<CorrelationPattern> patterns = load(FOREIGN);

        assertThat(patterns).extracting(CorrelationPattern::title)
                .containsExactly("Many failed logons", "Many failed logons, then one that worked");
        assertThat(patterns.get(0).selectors().get(0).names())
                .containsExactlyInAnyOrder("failed_logon", "Logon that failed", "0e95725d-7320-415d-80f7-004da920fc27");
        assertThat(patterns.get(0).isStandAlone()).isFalse();
        assertThat(patterns.get(0).level()).isZero();
        assertThat(patterns.get(1).level()).isEqualTo(1);
        assertThat(patterns.get(1).priority()).isEqualTo(Priority.ERROR);
    }

    @Test
    void generateKeepsTheInnerRuleAlive() {
        assertThat(load(FOREIGN.replace("  timespan: 1h", "  timespan: 1h\n  generate: true")).get(0).isStandAlone()).isTrue();
        assertThat(load(FOREIGN.replace("level: high", "level: high\ngenerate: true")).get(0).isStandAlone()).isTrue();
    }

    @Test
    void aRuleAboutSignalsStandsForSeveral() {
        SignalSelector selector = load("""
                title: Any of these
                name: any
                logsource: {product: kubeguardian}
                detection:
                  selection:
                    rule: [One, 'Two*']
                  condition: selection
                """, pattern("p", "temporal", "[any, other]", "5m", "")).get(0).selectors().get(0);

        assertThat(selector.matches("One", io.kubeguardian.schema.SignalKind.RULE)).isTrue();
        assertThat(selector.matches("Two and more", io.kubeguardian.schema.SignalKind.RULE)).isTrue();
        assertThat(selector.matches("Three", io.kubeguardian.schema.SignalKind.RULE)).isFalse();
    }

    @Test
    void patternsWithTheSameGroupingShareAnEntityUnderAnyNameOfIt() {
        PatternSet set = PatternSet.of(sources(pattern("one", "temporal", "[a, b]", "5m", ""),
                pattern("two", "temporal", "[b, c]", "1h", "").replace("k8s.pod.uid", "pod")));

        assertThat(Scope.id(set.patterns().get(0))).isEqualTo(Scope.id(set.patterns().get(1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "type: temporal | type: event_count | lacks condition, which event_count must have",
        "timespan: 5m | timespan: 5m\\n  condition: {gte: 3} | condition of temporal counts its rules: gt or gte, at most 2",
        "timespan: 5m | timespan: 5m\\n  condition: a and b | an expression over rules is not understood",
        "timespan: 5m | timespan: 5m\\n  condition: {gte: -1} | gte -1 is not a count",
        "timespan: 5m | timespan: 5m\\n  condition: {gte: 99999} | gte 99999 is not a count",
        "timespan: 5m | timespan: 5m\\n  condition: {percentile: 5} | unknown key percentile in condition",
        "timespan: 5m | timespan: 5m\\n  condition: {gt: 5, lt: 3} | condition holds for no count",
        "timespan: 5m | timespan: 5m\\n  condition: {field: rule, gte: 1} | field belongs to value_count alone",
        "timespan: 5m | timespan: 5m\\n  aliases: {x: {c: fd.rip}} | alias x is for c, which is not among rules",
        "timespan: 5m | timespan: 5m\\n  aliases: {x: {a: no.field}} | no field is called no.field",
        "type: temporal | type: value_sum | correlation type value_sum is not known; one of event_count, value_count",
        "[a, b] | ['kind:strange', b] | no kind of signals is called strange",
        "[a, b] | [] | rules has 0 entries",
        "timespan: 5m | timespan: [5m] | timespan  is not a number",
    })
    void whatIsNotUnderstoodIsOneClearError(String good, String bad, String message) {
        String text = pattern("p", "temporal", "[a, b]", "5m", "").replace(good, bad.replace("\\n", "\n"));

        assertThatExceptionOfType(PatternException.class).isThrownBy(() -> load(text))
                .withMessageStartingWith("p0.yaml:").withMessageContaining(message);
    }

    @Test
    void aChainOfThreeIsRefused() {
        String third = """
                ---
                title: Third
                correlation:
                  type: temporal_ordered
                  rules: [4bc9d6a6-5ba4-4dd4-9af0-1b9b1c1f5a1e, x]
                  timespan: 1h
                """;

        assertThatExceptionOfType(PatternException.class).isThrownBy(() -> load(FOREIGN + third))
                .withMessageContaining("a chain has two of them at most");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "condition: selection | condition: selection and x | a rule about signals has one selection",
        "rule: a | level: a | unknown key level in selection",
        "rule: a | kind: strange | no kind of signals is called strange",
        "rule: a | rule: [] | rule is empty",
    })
    void soAreRulesAboutSignals(String good, String bad, String message) {
        String text = """
                title: Some
                name: some
                logsource: {product: kubeguardian}
                detection:
                  selection:
                    rule: a
                  condition: selection
                ---
                """ + pattern("p", "temporal", "[some, b]", "5m", "");

        assertThat(load(text)).hasSize(1);
        assertThatExceptionOfType(PatternException.class).isThrownBy(() -> load(text.replace(good, bad)))
                .withMessageContaining(message);
    }
}
