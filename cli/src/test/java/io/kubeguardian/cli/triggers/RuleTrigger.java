package io.kubeguardian.cli.triggers;

import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.rules.RuleSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * What makes a rule fire, it alone, and what comes close and makes no rule fire.
 *
 * @param rule its name
 * @param alsoFires other rules that fire whenever the trigger makes this one fire
 * @param comesClose a condition that the near miss meets: it has happened, and was seen
 */
record RuleTrigger(String rule, List<String> alsoFires, Act trigger, Act nearMiss, String comesClose) {
    private static final String IMAGE = "registry.example/shop/web:1.4";

    /**
     * What runs in a container of its own.
     *
     * @param command the container's first process
     */
    record Act(List<String> command, boolean privileged) {
        String image() {
            return IMAGE;
        }
    }

    static RuleTrigger of(String rule, Act trigger, Act nearMiss, String comesClose) {
        return new RuleTrigger(rule, List.of(), trigger, nearMiss, comesClose);
    }

    RuleTrigger alsoFiring(String... rules) {
        return new RuleTrigger(rule, List.of(rules), trigger, nearMiss, comesClose);
    }

    static Act run(String... command) {
        return new Act(List.of(command), false);
    }

    static Act shell(String script) {
        return run("/bin/sh", "-c", script);
    }

    static Act privileged(String... command) {
        return new Act(List.of(command), true);
    }

    /** A rule that fires where the near miss has happened. */
    RuleSet closeness() {
        return RuleSet.load(List.of(new RuleSource("closeness", ("""
                - rule: close
                  desc: d
                  condition: %s
                  output: o
                  priority: DEBUG
                """).formatted(comesClose).getBytes(StandardCharsets.UTF_8))));
    }

    /** Name of the trigger's pod in the capture. */
    String triggerPod() {
        return rule.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    /** Name of the near miss's pod in the capture. */
    String nearMissPod() {
        return triggerPod() + "-near-miss";
    }

    @Override
    public String toString() {
        return rule;
    }
}
