package io.kubeguardian.rules;

import static io.kubeguardian.rules.TestEvent.exec;
import static io.kubeguardian.rules.TestEvent.open;
import static io.kubeguardian.rules.TestProcess.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleMeterTest {
    private static final String RULES = rule("shell", "evt.type = execve and proc.name = sh")
            + rule("any program", "evt.type = execve") + rule("file", "evt.type = open and fd.name = /a")
            + rule("off", "evt.type = execve") + "  enabled: false\n";

    private final TestEvent shell = exec(running("/bin/sh", "", null));
    private final TestEvent cat = exec(running("/bin/cat", "", null));
    private final TestEvent read = open(running("/bin/cat", "", null), "/a", TestEvent.O_RDONLY);

    @Test
    void itCountsHitsAndHowOftenEachRuleWasAsked() {
        RuleMeter meter = new RuleMeter(Rules.load(RULES), 3);

        List<String> hits = evaluate(meter, List.of(shell, cat, read, shell));

        assertThat(hits).containsExactly("shell", "any program", "any program", "file", "shell", "any program");
        assertThat(meter.events()).isEqualTo(4);
        assertThat(meter.costs()).extracting(cost -> cost.rule().name(), RuleMeter.Cost::hits, RuleMeter.Cost::evaluations)
                .containsExactly(tuple("shell", 2L, 3L), tuple("any program", 3L, 3L), tuple("file", 1L, 1L));
    }

    @Test
    void oneEventInSomeIsTimedForEachRuleOfItsKind() {
        RuleMeter meter = new RuleMeter(Rules.load(RULES), 3);

        evaluate(meter, List.of(shell, cat, read, shell, cat, shell, cat));

        assertThat(meter.sampledEvents()).isEqualTo(2);
        assertThat(meter.costs()).extracting(cost -> cost.rule().name(), RuleMeter.Cost::sampledEvaluations)
                .containsExactly(tuple("shell", 1L), tuple("any program", 1L), tuple("file", 1L));
    }

    @Test
    void timedAndUntimedEventsHaveTheSameHits() {
        RuleSet rules = RuleSet.loadBuiltIn();
        List<TestEvent> events = List.of(shell, cat, read, open(running("/bin/cat", "", null), "/etc/shadow", 0));

        List<String> timed = evaluate(new RuleMeter(rules, 1), events);

        assertThat(timed).isNotEmpty().isEqualTo(evaluate(new RuleMeter(rules, Integer.MAX_VALUE), events));
    }

    @Test
    void whatIsTimedIsTheRulesOwnWork() {
        RuleMeter meter = new RuleMeter(
                Rules.load(rule("dear", "evt.type = execve and proc.cmdline regex '(.*x.*y.*z.*)+q'")), 1);
        TestEvent longLine = exec(running("/bin/sh", "x y z ".repeat(300), null));

        evaluate(meter, Collections.nCopies(10, longLine));

        assertThat(meter.costs().get(0).sampledNanos()).isPositive();
    }

    private static List<String> evaluate(RuleMeter meter, List<TestEvent> events) {
        List<String> hits = new ArrayList<>();
        events.forEach(event -> meter.evaluate(event, hit -> hits.add(hit.rule().name())));
        return hits;
    }

    private static String rule(String name, String condition) {
        return "- rule: " + name + "\n  desc: d\n  condition: " + condition + "\n  output: x\n  priority: NOTICE\n";
    }
}
