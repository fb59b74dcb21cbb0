package io.kubeguardian.correlation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How far a pattern is with an entity. Flink POJO. Times are event time in milliseconds. */
public final class PatternProgress {
    /** Signals up to this one were used by a match: place in {@link KeptSignal#ORDER}. */
    public long usedTime = Long.MIN_VALUE;
    public long usedEventTime;
    public String usedId = "";
    /** event_count: when the last events were, in order. */
    public List<Long> times = new ArrayList<>();
    /** value_count: when each value was last seen. */
    public Map<String, Long> values = new HashMap<>();
    /** A count that is judged at its end: when that is; 0: no window is open. */
    public long windowEnd;
    /** not_followed_by: when a first signal's timespan is over, in order. */
    public List<Long> deadlines = new ArrayList<>();
    /** not_followed_by: the latest signal of the last rule. */
    public long lastAbsent = Long.MIN_VALUE;

    boolean isUsed(KeptSignal kept) {
        if (kept.time != usedTime) {
            return kept.time < usedTime;
        }
        return kept.signal.getEventTime() != usedEventTime ? kept.signal.getEventTime() < usedEventTime
                : kept.signal.getId().compareTo(usedId) <= 0;
    }

    void use(KeptSignal last) {
        usedTime = last.time;
        usedEventTime = last.signal.getEventTime();
        usedId = last.signal.getId();
    }
}
