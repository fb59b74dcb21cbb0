package io.kubeguardian.baseline;

import java.util.HashMap;
import java.util.Map;

/** How often the containers of an image made each system call. Flink POJO; at most {@value #MOST} names. */
public final class SyscallHistogram {
    /** More than Linux has. */
    static final int MOST = 1024;

    public Map<String, Long> counts = new HashMap<>();
    /** Counts of calls that found no room. */
    public long overflow;

    /** @return whether it is there now */
    boolean add(String name, long count) {
        if (!counts.containsKey(name) && counts.size() >= MOST) {
            overflow += count;
            return false;
        }
        counts.merge(name, count, Long::sum);
        return true;
    }
}
