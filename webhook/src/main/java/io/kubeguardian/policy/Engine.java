package io.kubeguardian.policy;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Runs checks over one object: built-in ones ({@link BuiltInChecks}, {@link PodSecurity}) and any others. Thread safe.
 */
public final class Engine {
    private final List<Check> list;
    private final Check[] checks;

    public Engine(List<Check> checks) {
        this.list = List.copyOf(checks);
        this.checks = checks.toArray(Check[]::new);
    }

    public List<Check> checks() {
        return list;
    }

    /** What is wrong with an object, check by check. */
    public List<Finding> evaluate(Manifest manifest) {
        Findings findings = new Findings();
        for (Check check : checks) {
            if (check.appliesTo(manifest)) {
                findings.of(check.info());
                check.check(manifest, findings);
            }
        }
        return findings.list();
    }

    /**
     * As {@link #evaluate(Manifest)}, counting.
     *
     * @param applied one place for each of {@link #checks()}: counts the objects that it was applied to
     * @param failed likewise: the objects with findings that count
     * @param counts which findings count
     * @param action takes the findings that count
     */
    public void evaluate(Manifest manifest, long[] applied, long[] failed, Predicate<Finding> counts,
            Consumer<Finding> action) {
        Findings findings = new Findings();
        for (int i = 0; i < checks.length; i++) {
            Check check = checks[i];
            if (!check.appliesTo(manifest)) {
                continue;
            }
            applied[i]++;
            int before = findings.list().size();
            findings.of(check.info());
            check.check(manifest, findings);
            boolean failing = false;
            for (int k = before; k < findings.list().size(); k++) {
                Finding finding = findings.list().get(k);
                if (counts.test(finding)) {
                    failing = true;
                    action.accept(finding);
                }
            }
            failed[i] += failing ? 1 : 0;
        }
    }
}
