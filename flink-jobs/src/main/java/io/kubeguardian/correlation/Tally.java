package io.kubeguardian.correlation;

/** How many signals of one rule an entity has kept. Flink POJO. Times are event time in milliseconds. */
public final class Tally {
    public long windowStart;
    public int inWindow;
    public long lastKept;
    public int kept;
}
