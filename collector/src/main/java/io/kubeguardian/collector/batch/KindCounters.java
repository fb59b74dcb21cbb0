package io.kubeguardian.collector.batch;

import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.PreciousMask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How many events of each kind and class there were, and batches. Thread safe. */
public final class KindCounters {
    /** @param kind as {@link BatchEvents#countKinds} calls it */
    public record Count(EventClass eventClass, String kind, long events) {}

    private record Key(EventClass eventClass, String kind) {}

    private final Map<Key, Long> counts = new LinkedHashMap<>();
    private long batches;

    /** With every kind at zero. */
    public KindCounters() {
        BatchEvents.forEachKind((kind, eventClass) -> counts.put(new Key(eventClass, kind), 0L));
    }

    /** Counts a batch, and says what is in it. */
    synchronized BatchContents add(EventBatch batch, PreciousMask mask) {
        batches++;
        int[] sums = new int[2];
        BatchEvents.countKinds(batch, mask, (kind, precious, bulk) -> {
            sums[0] += precious;
            sums[1] += bulk;
            add(EventClass.PRECIOUS, kind, precious);
            add(EventClass.BULK, kind, bulk);
        });
        return new BatchContents(sums[0], sums[1], mask);
    }

    private void add(EventClass eventClass, String kind, int events) {
        if (events > 0) {
            counts.merge(new Key(eventClass, kind), (long) events, Long::sum);
        }
    }

    public synchronized List<Count> counts() {
        List<Count> list = new ArrayList<>();
        counts.forEach((key, events) -> list.add(new Count(key.eventClass(), key.kind(), events)));
        return list;
    }

    public synchronized long batches() {
        return batches;
    }
}
