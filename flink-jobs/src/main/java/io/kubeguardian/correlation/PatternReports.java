package io.kubeguardian.correlation;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Writes down which patterns a subtask runs, on the topic and in the words in which rules are reported. */
public final class PatternReports {
    /** In place of the job's name: rules and patterns of one job are reported apart. */
    public static final String JOB = "kubeguardian-patterns";

    private static final long EVERY_MILLIS = 10_000;

    private final String jobId;
    private final int subtask;
    private final int parallelism;
    private final DetectionClock clock;
    private long nextAt = Long.MIN_VALUE;

    PatternReports(RuntimeContext runtime, DetectionClock clock) {
        this.jobId = runtime.getJobInfo().getJobId().toHexString();
        this.subtask = runtime.getTaskInfo().getIndexOfThisSubtask();
        this.parallelism = runtime.getTaskInfo().getNumberOfParallelSubtasks();
        this.clock = clock;
    }

    /**
     * A report when one is due, else null.
     *
     * @param changed one is due in any case
     * @param nowMillis processing time
     */
    RuleStatus due(EffectivePatterns patterns, boolean changed, long nowMillis) {
        if (!changed && nowMillis < nextAt) {
            return null;
        }
        nextAt = nowMillis + EVERY_MILLIS;
        RuleStatus.Builder status = RuleStatus.newBuilder().setJob(JOB).setJobId(jobId).setSubtask(subtask)
                .setParallelism(parallelism).setTime(clock.nanos()).setDigest(patterns.patterns().digest())
                .setConfigured(patterns.areConfigured()).setSince(patterns.since()).setVerdict(patterns.verdict())
                .setProblem(patterns.problem()).setRules(patterns.patterns().patterns().size());
        RuleBundle requested = patterns.requested();
        if (requested != null) {
            status.setRequestedDigest(requested.getDigest()).setRequestedTime(requested.getIssuedTime());
        }
        return status.build();
    }
}
