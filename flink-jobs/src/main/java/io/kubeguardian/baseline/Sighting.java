package io.kubeguardian.baseline;

import io.kubeguardian.schema.Signal;

/** A pod of a workload showed an item: for counting how rare it is in the fleet. Flink POJO. */
public final class Sighting {
    /** kind|item. */
    public String item = "";
    public String workload = "";
    public String image = "";
    /** {@link PodSet#hash} of the pod's UID. */
    public long pod;
    /** Event time, nanoseconds since the Unix epoch. */
    public long time;
    /** The drift that waits to be told how rare it is; null: it is only counted. */
    public Signal signal;
}
