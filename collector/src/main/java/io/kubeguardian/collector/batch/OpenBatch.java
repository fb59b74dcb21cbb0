package io.kubeguardian.collector.batch;

import io.kubeguardian.schema.EventBatchBuilder;

/** The batch of one pod that still takes events. */
public final class OpenBatch {
    final String podUid;
    final long openedNanos;
    private final EventBatchBuilder builder = new EventBatchBuilder();
    int bytes;

    OpenBatch(String podUid, long openedNanos) {
        this.podUid = podUid;
        this.openedNanos = openedNanos;
    }

    public EventBatchBuilder builder() {
        return builder;
    }
}
