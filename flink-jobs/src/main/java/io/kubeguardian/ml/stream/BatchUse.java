package io.kubeguardian.ml.stream;

import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.WorkloadRef;

/**
 * A batch that was judged by rules, for the models. It goes to an operator of the same chain and is counted there into what
 * {@link WindowParts} keeps, so it is neither copied nor written. Where a chain is broken (never in this job) it travels as a POJO.
 */
public final class BatchUse {
    public EventBatch batch;
    public WorkloadRef workload;
    public PodRef pod;
    public Completeness completeness;

    public BatchUse() {}

    public BatchUse(EventBatch batch, WorkloadRef workload, PodRef pod, Completeness completeness) {
        this.batch = batch;
        this.workload = workload;
        this.pod = pod;
        this.completeness = completeness;
    }
}
