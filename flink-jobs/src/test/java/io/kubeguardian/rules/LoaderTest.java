package io.kubeguardian.rules;

import static io.kubeguardian.rules.TestEvent.exec;
import static io.kubeguardian.rules.TestProcess.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.schema.Priority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How files make a bundle: replacing, appending, overriding, excepting; all or nothing; where an error is. */
class LoaderTest {
    private static final TestEvent CAT = exec(running("/bin/cat", "/etc/shadow", null));
    private static final TestEvent DOG = exec(running("/bin/dog", "", null));

    private static final String BASE = """
            - list: animals
              items: [cat]
            - macro: animal
              condition: proc.name in (animals)
            - rule: r
              desc: d
              condition: animal
              output: saw %proc.name
              priority: warning
              tags: [host, T1059, T1059.004, mitre_execution]
            """;

    @Test
    void aRuleIsAsItWasDeclared() {
        // Given BASE, When
        RuleSet rules = Rules.load(BASE);

        // Then
        Rule rule = rules.rules().get(0);
        assertThat(rule.name()).isEqualTo("r");
        assertThat(rule.priority()).isEqualTo(Priority.WARNING);
        assertThat(rule.tags()).containsExactly("host", "T1059", "T1059.004", "mitre_execution");
        assertThat(rule.techniques()).containsExactly("T1059", "T1059.004");
        assertThat(rule.enabled()).isTrue();
        assertThat(Rules.hits(rules, CAT)).containsExactly("r");
        assertThat(Rules.hits(rules, DOG)).isEmpty();
    }

    @Test
    void aLaterListOrMacroReplacesAnEarlierOneForRulesBeforeIt() {
        // Given
        String later = "- list: animals\n  items: [dog]\n";

        // When
        RuleSet rules = Rules.load(BASE, later);

        // Then
        assertThat(Rules.hits(rules, CAT)).isEmpty();
        assertThat(Rules.hits(rules, DOG)).containsExactly("r");
    }

    @Test
    void appendingExtendsListsMacrosAndRules() {
        // Given
        String list = "- list: animals\n  items: [dog]\n  append: true\n";
        String macro = "- macro: animal\n  condition: or proc.name = cow\n  override: {condition: append}\n";
        String rule = "- rule: r\n  condition: and proc.args exists\n  append: true\n";

        // When
        RuleSet rules = Rules.load(BASE, list + macro + rule);

        // Then
        assertThat(Rules.hits(rules, DOG)).containsExactly("r");
        assertThat(Rules.hits(rules, exec(running("/bin/cow", "", null)))).containsExactly("r");
        assertThat(Rules.hits(rules, exec(TestProcess.unknown("cat")))).isEmpty();
    }

    @Test
    void overridingReplacesOrAppendsOnlyTheKeysItNames() {
        // Given
        String override = """
                - rule: r
                  condition: proc.name = dog
                  output: "(%proc.pid)"
                  priority: CRITICAL
                  tags: [more]
                  override:
                    condition: replace
                    output: append
                    priority: replace
                    tags: append
                """;

        // When
        RuleSet rules = Rules.load(BASE, override);

        // Then
        StringBuilder output = new StringBuilder();
        rules.evaluate(DOG, hit -> output.append(hit.output()));
        assertThat(output).hasToString("saw dog (1001)");
        assertThat(rules.rules().get(0).priority()).isEqualTo(Priority.CRITICAL);
        assertThat(rules.rules().get(0).tags()).endsWith("mitre_execution", "more");
    }

    @Test
    void aDisabledRuleIsKnownAndNeverFires() {
        // Given
        String off = "- rule: r\n  enabled: false\n";

        // When
        RuleSet rules = Rules.load(BASE, off);

        // Then
        assertThat(rules.rules()).singleElement().matches(rule -> !rule.enabled());
        assertThat(Rules.hits(rules, CAT)).isEmpty();
    }

    @Test
    void exceptionsTakeCombinationsOfValuesOut() {
        // Given
        String exceptions = """
                  exceptions:
                    - name: pairs
                      fields: [proc.name, proc.exepath]
                      comps: [=, startswith]
                      values:
                        - [cat, /usr/]
                        - [dog, /bin/]
                    - name: one
                      fields: proc.name
                      values: [cow, friends]
                    - name: sets
                      fields: [proc.name, user.uid]
                      comps: [in, "="]
                      values:
                        - [[hen, duck], 1000]
                """;
        String more = """
                - list: friends
                  items: [fox]
                - rule: r
                  exceptions:
                    - name: pairs
                      values:
                        - [owl, /bin/]
                  override: {exceptions: append}
                """;

        // When
        RuleSet rules = Rules.load(Rules.rule("proc.name exists") + exceptions, more);

        // Then
        assertThat(Rules.hits(rules, CAT)).containsExactly("r");
        for (String excepted : List.of("dog", "cow", "fox", "hen", "duck", "owl")) {
            assertThat(Rules.hits(rules, exec(running("/bin/" + excepted, "", null)))).as(excepted).isEmpty();
        }
        assertThat(Rules.hits(rules, exec(running("/bin/duck", "", null).withUser(0, 0)))).containsExactly("r");
    }

    @Test
    void listsExpandWithinListsAndAListsOwnNameIsAWord() {
        // Given
        String lists = """
                - list: pets
                  items: [cat, '"guinea pig"', pets]
                - list: all
                  items: [pets, 7]
                """;

        // When
        RuleSet rules = Rules.load(lists + Rules.rule("proc.name in (all, dog) or proc.cmdline in (all)"));

        // Then
        assertThat(Rules.hits(rules, CAT)).containsExactly("r");
        assertThat(Rules.hits(rules, DOG)).containsExactly("r");
        assertThat(Rules.hits(rules, exec(running("/bin/pets", "", null)))).containsExactly("r");
        assertThat(Rules.hits(rules, exec(running("/bin/guinea", "pig", null)))).containsExactly("r");
        assertThat(Rules.hits(rules, exec(running("/bin/all", "", null)))).isEmpty();
    }

    @Test
    void aQuotedNameOfAListIsAWord() {
        assertThat(Rules.hits(Rules.load(BASE + Rules.rule("proc.name in ('animals')")), CAT)).isEmpty();
    }

    @Test
    void aBundleWithAnErrorDoesNotLoadAndEveryErrorIsNamed() {
        // Given
        String broken = """
                - rule: one
                  desc: d
                  output: o
                  priority: WARNING
                  condition: >
                    proc.name = cat
                    and proc.nmae = dog
                - rule: two
                  desc: d
                  output: "%proc.pidd"
                  priority: WARNING
                  condition: proc.name = cat
                """;

        // When
        assertThatThrownBy(() -> Rules.load(BASE, broken))

                // Then
                .isInstanceOf(RuleLoadException.class)
                .hasMessage("""
                        b.yaml:7:9: rule 'one': unknown field proc.nmae; did you mean proc.name?
                        b.yaml:10:12: rule 'two': unknown field proc.pidd; did you mean proc.pid?""");
    }

    @Test
    void anUnknownFieldCostsOnlyItsRuleWhenLenient() {
        // Given
        List<RuleSource> sources = List.of(Rules.source("a.yaml", BASE),
                Rules.source("b.yaml", Rules.rule("no.such = 1").replace("rule: r", "rule: odd")));

        // When
        RuleSet rules = RuleSet.load(sources, LoadMode.LENIENT);

        // Then
        assertThat(rules.rules()).extracting(Rule::name).containsExactly("r");
        assertThat(rules.skipped()).singleElement().asString().startsWith("b.yaml:6:5: rule 'odd': unknown field no.such");
    }

    @Test
    void aRuleMayItselfAskToBeSkippedForAnUnknownField() {
        // Given
        String rule = Rules.rule("no.such = 1") + "  skip-if-unknown-filter: true\n";

        // When
        RuleSet rules = Rules.load(rule);

        // Then
        assertThat(rules.skipped()).hasSize(1);
        assertThat(rules.rules()).isEmpty();
    }

    @Test
    void errorsPointAtTheCharacterInEveryStyleOfYaml() {
        // Given
        String head = "- rule: r\n  desc: d\n  output: o\n  priority: INFO\n  condition: ";

        // When, Then
        assertError(head + "proc.name = a and bad.field = 1\n", "a.yaml:5:32: ");
        assertError(head + "'proc.name = ''a'' and bad.field = 1'\n", "a.yaml:5:37: ");
        assertError(head + "\"proc.name = \\\"a\\\"\n    and bad.field = 1\"\n", "a.yaml:6:9: ");
        assertError(head + "|  # why\n    proc.name = a\n\n    and bad.field = 1\n", "a.yaml:8:9: ");
        assertError(head + ">-\n    proc.name = a and\n    (proc.name = b\n", "a.yaml:7:19: ");
        assertError(head + "proc.name = 😀 and bad.field = 1\n", "a.yaml:5:32: ");
        assertError(head + "proc.name = 'a\\q'\n", "a.yaml:5:29: ");
    }

    @Test
    void anErrorInAnAppendedConditionPointsIntoTheFileThatAppends() {
        assertThatThrownBy(() -> Rules.load(BASE, "- rule: r\n  append: true\n  condition: and proc.name startswithx\n"))
                .hasMessageStartingWith("b.yaml:3:28: rule 'r': unexpected 'startswithx'; expected an operator");
    }

    @Test
    void anErrorInAMacroPointsIntoTheMacro() {
        assertThatThrownBy(() -> Rules.load("- macro: m\n  condition: proc.nam = x\n", Rules.rule("m and proc.name = x")))
                .hasMessage("a.yaml:2:14: rule 'r': unknown field proc.nam; did you mean proc.name?");
    }

    @Test
    void mistakesInTheStructureAreNamed() {
        assertError("rule: x\n", "a.yaml:1:1: expected a list of rules");
        assertError("- just text\n", "a.yaml:1:3: expected an item");
        assertError("- rule: x\n  condition: evt.dir = <\n", "a.yaml:1:3: rule 'x' lacks output, desc, priority");
        assertError("- macro: m\n", "a.yaml:1:3: macro m has no condition");
        assertError("- list: l\n", "a.yaml:1:3: list l has no items");
        assertError("- list: l\n  items: word\n", "a.yaml:2:10: items must be a list");
        assertError("- list: l\n  items: [[a]]\n", "a.yaml:2:11: an entry of items must be a single value");
        assertError("- list: l\n  items: []\n  items: []\n", "a.yaml:3:3: key items stands twice");
        assertError("- list: [\n", "a.yaml:2:1: not YAML: ");
        assertError(BASE.replace("warning", "urgent"), "a.yaml:9:13: unknown priority 'urgent'; expected EMERGENCY");
        assertError(BASE + "- rule: rr\n  enabled: false\n", "a.yaml:11:3: no rule 'rr' was defined before");
        assertError(BASE + "- list: animal\n  append: true\n  items: []\n",
                "a.yaml:11:3: no list animal was defined before; did you mean animals?");
        assertError(BASE + "- rule: r\n  priority: ERROR\n  override: {output: replace}\n", "a.yaml:13:22: override of output, but");
        assertError(BASE + "- rule: r\n  priority: ERROR\n  override: {priority: append}\n", "a.yaml:13:24: priority cannot be appended");
        assertError(BASE + "- rule: r\n  output: x\n  priority: ERROR\n  override: {priority: replace}\n",
                "a.yaml:12:11: output is not among the keys of override");
        assertError(Rules.rule("anmial"), "a.yaml:6:5: rule 'r': unknown macro anmial");
        assertError(BASE + Rules.rule("anmial"), "a.yaml:16:5: rule 'r': unknown macro anmial; did you mean animal?");
        assertError("- list: l\n  items: [a, b]\n" + Rules.rule("proc.name = l"), "a.yaml:8:17: rule 'r': list l has 2 items");
        assertError(Rules.rule("evt.dir = <") + "  exceptions:\n    - name: e\n      fields: [proc.name]\n      values: [a]\n",
                "a.yaml:10:16: values of exception e must be lists of 1");
        assertError(Rules.rule("evt.dir = <") + "  exceptions:\n    - name: e\n      fields: [proc.name]\n      comps: [is]\n",
                "a.yaml:10:14: unknown operator is");
    }

    @Test
    void whatFalcoIgnoresIsAWarning() {
        // Given
        String odd = """
                - required_engine_version: 99
                - required_plugin_versions: [{name: k8smeta, version: 1.0.0}]
                - something: else
                - rule: audit
                  source: k8s_audit
                  condition: ka.verb = create
                - macro: m
                  condition: evt.dir = <
                  coment: x
                """;

        // When
        RuleSet rules = Rules.load(odd, Rules.rule("m and proc.vmsize = 1 and evt.type = semop"));

        // Then
        assertThat(rules.warnings()).extracting(RuleProblem::toString).satisfiesExactly(
                engine -> assertThat(engine).startsWith("a.yaml:1:28: requires Falco's engine 99"),
                plugin -> assertThat(plugin).startsWith("a.yaml:2:3: required_plugin_versions is ignored"),
                item -> assertThat(item).startsWith("a.yaml:3:3: unknown item"),
                source -> assertThat(source).startsWith("a.yaml:5:11: rule 'audit' is left out"),
                key -> assertThat(key).startsWith("a.yaml:9:11: unknown key coment is ignored"),
                never -> assertThat(never).startsWith("b.yaml:1:3: rule 'r' can never fire"),
                unsourced -> assertThat(unsourced).contains("no sensor provides proc.vmsize yet"));
    }

    @Test
    void rulesAreIndexedByTheEventsThatCanMakeThemFire() {
        // Given
        String rules = Rules.rule("evt.type = execve and proc.name = a").replace("rule: r", "rule: exec")
                + Rules.rule("fd.name = /a").replace("rule: r", "rule: both")
                + Rules.rule("fd.sport = 1 or evt.arg.flags contains O_CREAT").replace("rule: r", "rule: either")
                + Rules.rule("not evt.type in (open, connect)").replace("rule: r", "rule: others");

        // When
        RuleSet set = Rules.load(rules);

        // Then
        assertThat(set.rules()).extracting(Rule::eventTypes).containsExactly(
                java.util.Set.of(EventType.EXEC),
                java.util.Set.of(EventType.OPEN, EventType.CONNECT, EventType.SOCKET, EventType.DUP),
                java.util.Set.of(EventType.OPEN, EventType.CONNECT, EventType.SOCKET, EventType.DUP,
                        EventType.FILE_CHANGE, EventType.CALL),
                java.util.EnumSet.complementOf(java.util.EnumSet.of(EventType.OPEN, EventType.CONNECT)));
    }

    @Test
    void rulesThatShareMacrosAreJudgedEachByItselfAndInOrder() {
        // Given
        StringBuilder rules = new StringBuilder("""
                - macro: in_container
                  condition: container.id != host
                - macro: user
                  condition: (in_container and user.uid = 1000)
                """);
        String[] names = {"cat", "dog", "sh", "bin", "all"};
        for (String name : names) {
            rules.append(Rules.rule("user and proc.cmdline contains " + name).replace("rule: r", "rule: " + name));
        }
        rules.append(Rules.rule("in_container").replace("rule: r", "rule: any"));
        RuleSet set = Rules.load(rules.toString());

        // When
        List<List<String>> hits = List.of(Rules.hits(set, CAT), Rules.hits(set, DOG), Rules.hits(set, CAT.onHost()),
                Rules.hits(set, exec(running("/bin/all", "cat dog", null))),
                Rules.hits(set, exec(running("/bin/cat", "", null).withUser(0, 0))));

        // Then
        assertThat(hits).containsExactly(List.of("cat", "sh", "any"), List.of("dog", "any"), List.of(),
                List.of("cat", "dog", "all", "any"), List.of("any"));
    }

    @Test
    void theDigestIsOfTheContentAlone() {
        // Given
        RuleSet one = RuleSet.load(List.of(Rules.source("x.yaml", BASE)));

        // When
        RuleSet other = RuleSet.load(List.of(Rules.source("y.yaml", BASE)));

        // Then
        assertThat(other.digest()).isEqualTo(one.digest()).startsWith("sha256:");
        assertThat(Rules.load(BASE + "#\n").digest()).isNotEqualTo(one.digest());
    }

    @Test
    void foldersLoadByNameAndMissingPathsAreErrors(@TempDir Path folder) throws Exception {
        // Given
        Files.writeString(folder.resolve("b.yml"), "- list: animals\n  items: [dog]\n");
        Files.writeString(folder.resolve("a.yaml"), BASE);
        Files.writeString(folder.resolve("notes.txt"), "no rules");

        // When
        RuleSet rules = RuleSet.loadPaths(List.of(folder));

        // Then
        assertThat(Rules.hits(rules, DOG)).containsExactly("r");
        assertThatThrownBy(() -> RuleSet.loadPaths(List.of(folder.resolve("none.yaml"))))
                .isInstanceOf(RuleLoadException.class)
                .hasMessageContaining("none.yaml:1:1: rule file does not exist");
    }

    private static void assertError(String file, String start) {
        assertThatThrownBy(() -> Rules.load(file)).as(file).isInstanceOf(RuleLoadException.class).hasMessageStartingWith(start);
    }
}
