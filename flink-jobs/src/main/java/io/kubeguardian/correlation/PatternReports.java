package io.kubeguardian.correlation;

import io.kubeguardian.detection.BundleReports;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.schema.RuleStatus;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Writes down which patterns a subtask runs, on the topic and in the words in which rules are reported. */
public final class PatternReports {
    /** In place of the job's name: rules and patterns of one job are reported apart. */
    public static final String JOB = "kubeguardian-patterns";

    private final BundleReports reports;

    PatternReports(RuntimeContext runtime, DetectionClock clock) {
        this.reports = new BundleReports(JOB, runtime, clock);
    }

    /**
     * A report when one is due, else null.
     *
     * @param changed one is due in any case
     * @param nowMillis processing time
     */
    RuleStatus due(EffectivePatterns patterns, boolean changed, long nowMillis) {
        return !reports.isDue(changed, nowMillis) ? null : reports.about(patterns.bundle())
                .setDigest(patterns.patterns().digest()).setRules(patterns.patterns().patterns().size()).build();
    }
}
