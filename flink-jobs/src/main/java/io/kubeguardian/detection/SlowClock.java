package io.kubeguardian.detection;

/**
 * Tells of one live partition by how much the clocks of the nodes that fill it are behind. What is read long after it was
 * written looks the same at first; but reading catches up, or falls behind, or stands still under back-pressure. A partition
 * whose least lag stays the same over two windows in which its source could read all the time is read as it is written.
 */
final class SlowClock {
    static final long WINDOW_MILLIS = 15_000;
    /** Clocks of a cluster, and the way of an event here, are no further apart. */
    static final long TOLERATED_MILLIS = 10_000;
    /** By so much the least lag of two windows may differ. */
    private static final long STEADY_MILLIS = 1_000;
    private static final long NONE = Long.MAX_VALUE;

    private long windowBegan;
    private long clockAtBegin;
    private long least = NONE;
    private long leastBefore = NONE;
    private long behind;

    /** @param timestamp of an event; @param wall now, both milliseconds since the Unix epoch */
    void event(long timestamp, long wall) {
        long lag = wall - timestamp;
        least = Math.min(least, lag);
        behind = Math.max(0, Math.min(behind, lag)); // set right, it is ahead of nobody
    }

    /**
     * @param wall now, milliseconds since the Unix epoch
     * @param clock milliseconds of a clock that stands still under back-pressure
     * @return by how much the clocks are behind, milliseconds; 0: they are not, or nobody can tell
     */
    long behind(long wall, long clock) {
        if (windowBegan == 0) {
            begin(wall, clock);
        } else if (wall - windowBegan >= WINDOW_MILLIS) {
            boolean free = clock - clockAtBegin >= (wall - windowBegan) * 9 / 10;
            boolean steady = least != NONE && leastBefore != NONE && Math.abs(least - leastBefore) <= STEADY_MILLIS;
            behind = free && steady && least > TOLERATED_MILLIS ? least : 0;
            leastBefore = free ? least : NONE;
            begin(wall, clock);
        }
        return behind;
    }

    private void begin(long wall, long clock) {
        windowBegan = wall;
        clockAtBegin = clock;
        least = NONE;
    }
}
