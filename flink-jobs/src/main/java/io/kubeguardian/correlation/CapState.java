package io.kubeguardian.correlation;

/** What passed of one key within a timespan. Flink POJO. Times are event time in milliseconds. */
public final class CapState {
    public int total;
    /** The rule of the run of signals that goes on. */
    public String rule = "";
    public int run;
    public long lastPassed;
}
