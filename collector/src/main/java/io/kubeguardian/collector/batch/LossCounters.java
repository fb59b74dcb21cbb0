package io.kubeguardian.collector.batch;

import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.LossCause;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** What was lost since the epoch began, by class and cause. Thread safe. */
public final class LossCounters {
    private static final int CAUSES = LossCause.values().length;
    private final AtomicLongArray counts = new AtomicLongArray(EventClass.values().length * CAUSES);
    private final long[] before = new long[counts.length()];

    public LossCounters() {
        this(List.of());
    }

    /** @param before what earlier runs of the epoch have lost */
    public LossCounters(List<Loss> before) {
        for (Loss loss : before) {
            this.before[index(loss.getEventClass(), loss.getCause())] = loss.getCount();
        }
    }

    public void add(EventClass eventClass, LossCause cause, long events) {
        counts.addAndGet(index(eventClass, cause), events);
    }

    /** For losses of this run that something else counts. */
    public void set(EventClass eventClass, LossCause cause, long events) {
        counts.set(index(eventClass, cause), events);
    }

    public long get(EventClass eventClass, LossCause cause) {
        int index = index(eventClass, cause);
        return before[index] + counts.get(index);
    }

    /** All that are not zero. */
    public List<Loss> losses() {
        List<Loss> losses = new ArrayList<>();
        for (EventClass eventClass : EventClass.values()) {
            for (LossCause cause : LossCause.values()) {
                long count = get(eventClass, cause);
                if (count != 0) {
                    losses.add(new Loss(eventClass, cause, count));
                }
            }
        }
        return losses;
    }

    private static int index(EventClass eventClass, LossCause cause) {
        return eventClass.ordinal() * CAUSES + cause.ordinal();
    }
}
