package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Texts;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An alert that must come.
 *
 * @param place file:line
 * @param output texts that its output must contain
 * @param count how often exactly; -1: at least once
 */
record Expectation(String rule, String place, List<String> output, int count) {
    boolean matches(String firedRule, String firedOutput) {
        return rule.equals(firedRule) && output.stream().allMatch(firedOutput::contains);
    }

    boolean isMet(int fired) {
        return count < 0 ? fired > 0 : fired == count;
    }

    /** As a person would say it: "at least once with output containing …". */
    String wish() {
        String texts = output.stream().map(text -> '"' + text + '"').collect(Collectors.joining(" and "));
        return (count < 0 ? "at least once" : Texts.count(count, "time"))
                + (output.isEmpty() ? "" : " with an output that contains " + texts);
    }
}
