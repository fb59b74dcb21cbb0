package io.kubeguardian.collector.batch;

import io.kubeguardian.schema.EventBatch;

/** Takes finished batches. Must not block: it is called by the thread that empties the kernel's rings. */
@FunctionalInterface
public interface BatchSink {
    /**
     * @param precious how many of its events are precious, to count them if it is lost
     * @param bulk how many are bulk
     */
    void accept(EventBatch batch, int precious, int bulk);
}
