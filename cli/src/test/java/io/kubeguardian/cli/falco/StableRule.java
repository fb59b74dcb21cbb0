package io.kubeguardian.cli.falco;

import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.rules.RuleSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A rule of Falco's stable file, with what makes it fire, it alone, and what comes close and makes no rule fire.
 *
 * @param rule its name
 * @param comesClose a condition that the near miss meets: it has happened, and was seen
 */
record StableRule(String rule, Act trigger, Act nearMiss, String comesClose) {
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

    static StableRule of(String rule, Act trigger, Act nearMiss, String comesClose) {
        return new StableRule(rule, trigger, nearMiss, comesClose);
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
