package io.kubeguardian.collector.batch;

import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How many events of each kind there were, and batches. Thread safe. */
public final class KindCounters {
    /** @param kind as {@link BatchEvents#countKinds} calls it */
    public record Count(EventClass eventClass, String kind, long events) {}

    private final Map<String, Count> counts = new LinkedHashMap<>();
    private long batches;

    /** With every kind at zero. */
    public KindCounters() {
        BatchEvents.forEachKind((kind, eventClass) -> counts.put(kind, new Count(eventClass, kind, 0)));
    }

    synchronized void add(EventBatch batch) {
        batches++;
        BatchEvents.countKinds(batch, (kind, eventClass, events) -> {
            if (events > 0) {
                counts.computeIfPresent(kind, (name, sum) -> new Count(eventClass, kind, sum.events() + events));
            }
        });
    }

    public synchronized List<Count> counts() {
        return new ArrayList<>(counts.values());
    }

    public synchronized long batches() {
        return batches;
    }
}
