package io.kubeguardian.detection;

/** A name that a pod asked DNS for. Flink POJO. */
public final class HostName {
    public String name = "";
    /** When the answer came, event time in nanoseconds. */
    public long time;
}
