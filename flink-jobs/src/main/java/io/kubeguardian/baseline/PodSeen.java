package io.kubeguardian.baseline;

/** A pod runs an image of a workload: for counting how many there are. Flink POJO. */
public final class PodSeen {
    public String workload = "";
    public String image = "";
    /** {@link PodSet#hash} of the pod's UID. */
    public long pod;
    /** Event time, nanoseconds since the Unix epoch. */
    public long time;
}
