package io.kubeguardian.detection;

import io.kubeguardian.schema.Signal;

/** Behaviour for the workload's baseline. Flink POJO. */
public final class Observation {
    /** exec or connect. */
    public String kind = "";
    /** What is normal or not: the program's path; address:port. */
    public String item = "";
    /** The drift signal that it becomes outside a ready baseline; its output is still empty. */
    public Signal signal;

    public Observation() {}

    public Observation(String kind, String item, Signal signal) {
        this.kind = kind;
        this.item = item;
        this.signal = signal;
    }
}
