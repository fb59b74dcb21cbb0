package io.kubeguardian.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a rule declares as the same, in tags that Falco takes as they come. */
class RepeatTagsTest {
    private final TestEvent event = TestEvent.exec(TestProcess.running("/bin/cat", "/etc/shadow", null));

    @Test
    void theValuesOfTheDeclaredFieldsAreTheKey() {
        List<RuleHit> hits = hits("[T1059, kg_dedup:proc.name+proc.exepath, \"kg_dedup_seconds:60\"]");

        assertThat(hits).singleElement().satisfies(hit -> {
            assertThat(hit.repeatKey()).isEqualTo("3:cat8:/bin/cat");
            assertThat(hit.repeatSeconds()).isEqualTo(60);
        });
    }

    @Test
    void aFieldWithoutAValueIsPartOfItAllTheSame() {
        assertThat(hits("[kg_dedup:fd.name+proc.name]").get(0).repeatKey()).isEqualTo("4:<NA>3:cat");
    }

    @Test
    void withoutSuchATagNothingIsDeclared() {
        assertThat(hits("[T1059]").get(0).repeatKey()).isNull();
        assertThat(hits("[T1059]").get(0).repeatSeconds()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "kg_dedup:proc.nme | unknown field proc.nme",
        "kg_dedup: | ",
        "kg_dedup:proc.name+ | ",
        "kg_dedup:%%% | ",
        "kg_dedup_seconds:0 | expected 1 to 3600 seconds",
        "kg_dedup_seconds:3601 | expected 1 to 3600 seconds",
        "kg_dedup_seconds:soon | expected 1 to 3600 seconds",
        "kg_dedupe:proc.name | unknown tag kg_dedupe:proc.name; of those that begin with kg_"})
    void whatCannotBeUsedIsAnErrorAtTheRule(String tag, String message) {
        assertThatExceptionOfType(RuleLoadException.class).isThrownBy(() -> load("[\"" + tag + "\"]"))
                .withMessageStartingWith("r.yaml:1:").withMessageContaining("rule 'r'")
                .withMessageContaining(message == null ? "" : message);
    }

    private List<RuleHit> hits(String tags) {
        List<RuleHit> hits = new ArrayList<>();
        load(tags).evaluate(event, hits::add);
        return hits;
    }

    private static RuleSet load(String tags) {
        String rule = "- rule: r\n  desc: d\n  condition: evt.type = execve\n  output: x\n  priority: NOTICE\n  tags: " + tags
                + "\n";
        return RuleSet.load(List.of(new RuleSource("r.yaml", rule.getBytes(StandardCharsets.UTF_8))));
    }
}
