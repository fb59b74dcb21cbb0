package io.kubeguardian.detection;

/** The last signal of a rule about something, and how often it would have come again since. Flink POJO. */
public final class Repeat {
    /** Event time in nanoseconds until which repeats are counted, not repeated. */
    public long until;
    public long count;
    /** Of the signal that was not held back. */
    public String signal = "";
    public String rule = "";
    public String priority = "";
    public String containerId = "";
}
