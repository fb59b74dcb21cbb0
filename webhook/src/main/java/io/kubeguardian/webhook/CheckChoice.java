package io.kubeguardian.webhook;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.policy.BuiltInChecks;
import io.kubeguardian.policy.Check;
import io.kubeguardian.policy.Framework;
import io.kubeguardian.policy.Severity;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** Which built-in checks a list of ids, severities and frameworks means. */
final class CheckChoice {
    private CheckChoice() {}

    /**
     * Ids of the checks.
     *
     * @param key the list's place in the configuration, for the message
     * @throws ConfigException when a word is none of these
     */
    static Set<String> of(String key, List<String> words) {
        Set<String> ids = new HashSet<>();
        for (String word : words) {
            int before = ids.size();
            Predicate<Check> meant = meant(word);
            BuiltInChecks.all().stream().filter(meant).forEach(check -> ids.add(check.info().id()));
            if (ids.size() == before && BuiltInChecks.all().stream().noneMatch(meant)) {
                throw new ConfigException(key + ": " + word + " is no check (docs/checks.md), no severity (critical, high,"
                        + " medium, low, info) and no framework (pss-baseline, cis, …)");
            }
        }
        return Set.copyOf(ids);
    }

    private static Predicate<Check> meant(String word) {
        for (Severity severity : Severity.values()) {
            if (severity.name().toLowerCase(Locale.ROOT).equals(word)) {
                return check -> check.info().severity() == severity;
            }
        }
        return Framework.byId(word)
                .<Predicate<Check>>map(framework -> check ->
                        check.info().controls().stream().anyMatch(control -> control.framework() == framework))
                .orElse(check -> check.info().id().equals(word));
    }
}
