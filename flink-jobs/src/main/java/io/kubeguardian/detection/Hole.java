package io.kubeguardian.detection;

/** Batches of a pod that have not arrived while later ones have. Flink POJO. */
public final class Hole {
    /** First missing sequence number. */
    public long from;
    /** First one after the hole. */
    public long to;
    /** Event time in milliseconds after which it counts as missing; Long.MAX_VALUE: before the job's time, never. */
    public long deadline;
    public boolean counted;

    public Hole() {}

    Hole(long from, long to, long deadline, boolean counted) {
        this.from = from;
        this.to = to;
        this.deadline = deadline;
        this.counted = counted;
    }

    long batches() {
        return to - from;
    }
}
