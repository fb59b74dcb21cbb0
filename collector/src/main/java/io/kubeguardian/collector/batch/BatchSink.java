package io.kubeguardian.collector.batch;

import io.kubeguardian.schema.EventBatch;

/** Takes finished batches. Must not block: it is called by the thread that empties the kernel's rings. */
@FunctionalInterface
public interface BatchSink {
    void accept(EventBatch batch, BatchContents contents);
}
