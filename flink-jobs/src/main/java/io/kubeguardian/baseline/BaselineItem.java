package io.kubeguardian.baseline;

/** One item that a baseline knows: learned, or told as drift. Flink POJO. */
public final class BaselineItem {
    /** Event time, nanoseconds since the Unix epoch. */
    public long firstSeen;
    /** Outside the baseline; known only so that it is told once. */
    public boolean drift;

    public BaselineItem() {}

    BaselineItem(long firstSeen, boolean drift) {
        this.firstSeen = firstSeen;
        this.drift = drift;
    }
}
