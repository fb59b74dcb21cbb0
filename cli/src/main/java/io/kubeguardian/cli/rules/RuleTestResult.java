package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.detection.Hit;
import io.kubeguardian.detection.RuleTrial;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.Rule;
import io.kubeguardian.rules.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of a test.
 *
 * @param place file:line
 * @param failures one line each; empty when the test passed
 * @param fired how often each rule fired
 * @param alerts the first of them
 */
record RuleTestResult(
        String name, String place, boolean passed, List<String> failures, Map<String, Integer> fired,
        List<Alert> alerts) {
    /** Most alerts that are shown; a capture may hold many more. */
    static final int MAX_ALERTS = 100;

    /** The default of detection.processLimit. */
    private static final int PROCESS_LIMIT = 4096;

    record Alert(String rule, String output) {}

    /** @throws io.kubeguardian.cli.UserError when its capture cannot be read */
    static RuleTestResult of(RuleTest test, RuleSet rules) {
        Tally tally = new Tally(test);
        test.evidence().show(new RuleTrial(rules, PROCESS_LIMIT, tally));
        List<String> failures = tally.failures(rules);
        return new RuleTestResult(test.name(), test.place(), failures.isEmpty(), failures, tally.fired, tally.alerts);
    }

    private static final class Tally implements RuleTrial.Listener {
        private final RuleTest test;
        private final int[] matched;
        private final Map<String, Integer> fired = new TreeMap<>();
        private final List<Alert> alerts = new ArrayList<>();
        private String failure = "";

        Tally(RuleTest test) {
            this.test = test;
            this.matched = new int[test.expected().size()];
        }

        @Override
        public void hit(Hit hit, long time) {
            if (time < test.evidence().from()) {
                return;
            }
            String output = hit.output();
            fired.merge(hit.rule(), 1, Integer::sum);
            if (alerts.size() < MAX_ALERTS) {
                alerts.add(new Alert(hit.rule(), output));
            }
            for (int i = 0; i < matched.length; i++) {
                if (test.expected().get(i).matches(hit.rule(), output)) {
                    matched[i]++;
                }
            }
        }

        @Override
        public void failed(EventView event, RuntimeException problem) {
            failure = "a rule failed on an event of type " + event.type() + ": " + problem;
        }

        private List<String> failures(RuleSet rules) {
            List<String> failures = new ArrayList<>();
            for (int i = 0; i < matched.length; i++) {
                Expectation wanted = test.expected().get(i);
                if (!wanted.isMet(matched[i])) {
                    failures.add("- " + wanted.rule() + ": expected " + wanted.wish() + ", "
                            + (matched[i] == 0 ? "never came" : "came " + Texts.count(matched[i], "time"))
                            + reason(wanted, matched[i], rules) + "  (" + wanted.place() + ")");
                }
            }
            fired.forEach((rule, count) -> {
                if (test.forbidden().contains(rule)) {
                    failures.add("+ " + rule + ": forbidden, came " + Texts.count(count, "time"));
                }
            });
            if (!failure.isEmpty()) {
                failures.add("! " + failure);
            }
            return failures;
        }

        private String reason(Expectation wanted, int matches, RuleSet rules) {
            Rule rule = rules.rules().stream().filter(each -> each.name().equals(wanted.rule())).findFirst().orElseThrow();
            if (!rule.enabled()) {
                return "; the rule is disabled";
            }
            if (rule.eventTypes().isEmpty()) {
                return "; no sensor provides what the rule needs";
            }
            int all = fired.getOrDefault(wanted.rule(), 0);
            return matches < all ? "; with other outputs " + Texts.count(all - matches, "time") : "";
        }
    }
}
