package io.kubeguardian.cli.rules;

import io.kubeguardian.correlation.PatternReports;
import io.kubeguardian.detection.DetectionJob;
import io.kubeguardian.schema.Keys;
import java.util.function.Function;
import java.util.function.Predicate;

/** What travels to running jobs as a bundle of files. */
enum BundleKind {
    RULES("rule", Keys.ACTIVE_RULES, Keys::ruleBundle, Keys::isRuleBundle, DetectionJob.NAME),
    PATTERNS("pattern", Keys.ACTIVE_PATTERNS, Keys::patternBundle, Keys::isPatternBundle, PatternReports.JOB);

    private final String noun;
    private final String active;
    private final Function<String, String> key;
    private final Predicate<String> isKey;
    private final String job;

    BundleKind(
            String noun, String active, Function<String, String> key, Predicate<String> isKey, String job) {
        this.noun = noun;
        this.active = active;
        this.key = key;
        this.isKey = isKey;
        this.job = job;
    }

    /** By the command that publishes it. */
    static BundleKind of(String command) {
        return command.equals(PATTERNS.command()) ? PATTERNS : RULES;
    }

    /** What a bundle has: rule, pattern. */
    String noun() {
        return noun;
    }

    /** The command that publishes it. */
    String command() {
        return noun + 's';
    }

    /** Key of the bundle that jobs shall run. */
    String active() {
        return active;
    }

    /** Key of a bundle that a rollback can go back to. */
    String key(String digest) {
        return key.apply(digest);
    }

    boolean isKey(String text) {
        return isKey.test(text);
    }

    /** By which name the job reports what it runs. */
    String job() {
        return job;
    }
}
