package io.kubeguardian.ingest;

import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;

/** Takes what other sensors' lines became, in an order in which it can be used: a pod before its events. */
public interface Records {
    void batch(EventBatch batch);

    void pod(PodMetadata pod);

    void signal(Signal signal);
}
