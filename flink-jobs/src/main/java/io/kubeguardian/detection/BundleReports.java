package io.kubeguardian.detection;

import io.kubeguardian.schema.RuleStatus;
import org.apache.flink.api.common.functions.RuntimeContext;

/** When a subtask writes down what it runs, and what such reports of rules and of patterns have in common. */
public final class BundleReports {
    /** Without a change, milliseconds. */
    static final long EVERY_MILLIS = 10_000;

    private final String job;
    private final String jobId;
    private final int subtask;
    private final int parallelism;
    private final DetectionClock clock;
    private long nextAt = Long.MIN_VALUE;

    /** @param job under which it is reported */
    public BundleReports(String job, RuntimeContext runtime, DetectionClock clock) {
        this.job = job;
        this.jobId = runtime.getJobInfo().getJobId().toHexString();
        this.subtask = runtime.getTaskInfo().getIndexOfThisSubtask();
        this.parallelism = runtime.getTaskInfo().getNumberOfParallelSubtasks();
        this.clock = clock;
    }

    /**
     * Whether a report is due now; the next one then counts from here.
     *
     * @param changed one is due in any case
     * @param nowMillis processing time
     */
    public boolean isDue(boolean changed, long nowMillis) {
        if (!changed && nowMillis < nextAt) {
            return false;
        }
        nextAt = nowMillis + EVERY_MILLIS;
        return true;
    }

    /** Without what the bundle comes to: its digest and how many rules it has. */
    public RuleStatus.Builder about(BundleInForce bundle) {
        RuleStatus.Builder status = RuleStatus.newBuilder().setJob(job).setJobId(jobId).setSubtask(subtask)
                .setParallelism(parallelism).setTime(clock.nanos()).setDigest("");
        bundle.describe(status);
        return status;
    }
}
