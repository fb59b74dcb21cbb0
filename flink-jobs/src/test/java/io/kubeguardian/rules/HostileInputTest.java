package io.kubeguardian.rules;

import static io.kubeguardian.rules.TestEvent.exec;
import static io.kubeguardian.rules.TestProcess.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files made to break the loader: each must end in a clear error, long before the deadline, which only ends a hang. */
@Timeout(60)
class HostileInputTest {
    private static final TestEvent EVENT = exec(running("/bin/cat", "a".repeat(5_000), null));

    private static void assertRefused(String file, String reason) {
        assertThatThrownBy(() -> Rules.load(file)).isInstanceOf(RuleLoadException.class).hasMessageContaining(reason)
                .message().hasLineCount(1);
    }

    @Test
    void deepNestingIsRefused() {
        assertRefused(Rules.rule("(".repeat(50_000) + "evt.dir = <" + ")".repeat(50_000)), "nested deeper than 100");
        assertRefused(Rules.rule("toupper(".repeat(5_000) + "proc.name" + ")".repeat(5_000) + " = A"), "nested deeper than 100");
    }

    @Test
    void manyNegationsAreNoDepth() {
        assertThat(Rules.matches("not ".repeat(20_000) + "proc.name = cat", EVENT)).isTrue();
    }

    @Test
    void aConditionOfAMegabyteIsRefused() {
        assertRefused(Rules.rule("proc.name = cat or ".repeat(60_000) + "proc.name = dog"), "too long");
    }

    @Test
    void aLongConditionWithinTheLimitCompiles() {
        // Given
        String condition = "proc.name = dog or ".repeat(10_000) + "proc.name = cat";

        // When
        boolean matches = Rules.matches(condition, EVENT);

        // Then
        assertThat(matches).isTrue();
    }

    @Test
    void macrosAndListsThatContainThemselvesAreRefused() {
        assertRefused("- macro: a\n  condition: b or evt.dir = <\n- macro: b\n  condition: not a\n" + Rules.rule("a"),
                "macro a contains itself: a → b → a");
        assertRefused("- macro: a\n  condition: a\n" + Rules.rule("a"), "macro a contains itself: a → a");
        assertRefused("- list: a\n  items: [b]\n- list: b\n  items: [a]\n", "list a contains itself: a → b → a");
    }

    @Test
    void macrosThatDoubleAreRefusedBeforeTheyFillTheMemory() {
        // Given
        StringBuilder file = new StringBuilder("- macro: m0\n  condition: proc.name contains x\n");
        for (int i = 1; i < 60; i++) {
            file.append("- macro: m%d\n  condition: (m%d or not m%d)\n".formatted(i, i - 1, i - 1));
        }

        // When, Then
        assertRefused(file + Rules.rule("m59"), "more than 20000 checks");
    }

    @Test
    void listsThatMultiplyAreRefused() {
        // Given
        StringBuilder file = new StringBuilder("- list: l0\n  items: [a, b, c, d, e, f, g, h, i, j]\n");
        for (int i = 1; i < 12; i++) {
            file.append("- list: l%d\n  items: [%s]\n".formatted(i, ("l" + (i - 1) + ", ").repeat(10)));
        }

        // When, Then
        assertRefused(file.toString(), "more than 500000 items");
    }

    @Test
    void aLargeListNamedOverAndOverIsRefused() {
        // Given
        String list = "- list: l\n  items: [" + "a, ".repeat(100_000) + "]\n";

        // When, Then
        assertRefused(list + Rules.rule("proc.name in (" + "l, ".repeat(10_000) + "l)"), "more than 500000 values");
    }

    @Test
    void aYamlBombIsRefused() {
        // Given
        StringBuilder file = new StringBuilder("- a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 15; i++) {
            file.append("- a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)));
        }
        file.append("- list: l\n  items: *a14\n");

        // When, Then
        assertRefused(file.toString(), "an entry of items must be a single value");
    }

    @Test
    void aYamlNodeThatContainsItselfIsRefused() {
        assertRefused("- list: l\n  items: &x [*x]\n", "an entry of items must be a single value");
        assertRefused("- &x [*x]\n", "expected an item");
    }

    @Test
    void nestedYamlIsRefused() {
        assertRefused("- list: " + "[".repeat(10_000) + "\n", "not YAML: ");
    }

    @Test
    void bytesThatAreNotUtf8AreRefusedWithTheirPlace() {
        // Given
        byte[] latin1 = "- list: l\n  items: [caf\u00e9]\n".getBytes(StandardCharsets.ISO_8859_1);

        // When, Then
        assertThatThrownBy(() -> RuleSet.load(List.of(new RuleSource("x.yaml", latin1))))
                .hasMessage("x.yaml:2:1: not UTF-8 text at byte 23; save the file as UTF-8");
    }

    @Test
    void aByteOrderMarkIsNoTrouble() {
        assertThat(Rules.load("\uFEFF" + Rules.rule("proc.name = cat")).rules()).hasSize(1);
    }

    @Test
    void anEmptyFileHasNoRules() {
        assertThat(Rules.load("").rules()).isEmpty();
        assertThat(Rules.load("# nothing yet\n").rules()).isEmpty();
    }

    @Test
    void binaryRubbishIsRefused() {
        assertRefused("\u0000\u0001\u0002", "not YAML: ");
    }

    @Test
    void aRegularExpressionThatExplodesElsewhereEndsHere() {
        // Given
        RuleSet rules = Rules.load(Rules.rule("proc.args regex '(a+)+(a*)*(a|aa)+b'"));

        // When
        List<String> hits = Rules.hits(rules, EVENT);

        // Then
        assertThat(hits).isEmpty();
    }

    @Test
    void aRegularExpressionOfHugeRepetitionsIsRefused() {
        for (String bomb : List.of("((a{1000}){1000}){1000}", "(?:(?:[a-z]{500}){500})", "(a(b{900}|c){900})", "a{21000}",
                "((((a{30}){30}){30}){30}", "(x{100}[)]{100}){100,}{100}")) {
            assertRefused(Rules.rule("proc.args regex '" + bomb + "'"), "more than 20000 states");
        }
    }

    @Test
    void aRegularExpressionOfModestRepetitionsCompiles() {
        assertThat(Rules.matches("proc.args regex '(a{10}){1,500}'", EVENT)).isTrue();
    }

    @Test
    void aGlobOfManyStarsEndsSoon() {
        assertThat(Rules.matches("proc.args glob '" + "*a".repeat(200) + "*b'", EVENT)).isFalse();
    }

    @Test
    void unfinishedConditionsAreRefused() {
        for (String condition : List.of("''", "\"", "proc.name", "proc.name =", "proc.name = 'a", "proc.name in (a", "not", "and", "()",
                "proc.name = a)", "proc.name[", "val(proc.name) = a", "b64(", "join('-', (proc.name)", "proc.name in a, b",
                "proc.name = a or", "@", "proc..name = a", "\\")) {
            assertThatThrownBy(() -> Rules.load(Rules.rule(condition))).as(condition).isInstanceOf(RuleLoadException.class);
        }
    }
}
