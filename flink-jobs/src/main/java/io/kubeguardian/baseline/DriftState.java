package io.kubeguardian.baseline;

/** Something outside a baseline, since when it is. Flink POJO. Times are event time, nanoseconds since the Unix epoch. */
public final class DriftState {
    public long firstSeen;
    public long lastSeen;
    /** Signals about it. */
    public long told;
    public String image = "";
    /** Where it was last told of. */
    public String podUid = "";
    public String program = "";
}
