package io.kubeguardian.baseline;

/** One item that a baseline has learned. Flink POJO. */
public final class BaselineItem {
    /** Event time, nanoseconds since the Unix epoch. */
    public long firstSeen;

    public BaselineItem() {}

    BaselineItem(long firstSeen) {
        this.firstSeen = firstSeen;
    }
}
