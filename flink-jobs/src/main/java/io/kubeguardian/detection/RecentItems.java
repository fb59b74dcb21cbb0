package io.kubeguardian.detection;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps a busy service from sending the same behaviour to its baseline at every request. A cache of this subtask
 * only: what it forgets is sent again, and the baseline knows it already.
 */
final class RecentItems {
    private static final int LIMIT = 8192;
    private static final long VALID_NANOS = 60_000_000_000L;

    private final Map<String, Long> sent = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > LIMIT;
        }
    };

    /** Whether it was not sent within the last minute of event time (nanoseconds), in either direction. */
    boolean isNew(String item, long time) {
        Long before = sent.get(item);
        if (before != null && Math.abs(time - before) < VALID_NANOS) {
            return false;
        }
        sent.put(item, time);
        return true;
    }
}
