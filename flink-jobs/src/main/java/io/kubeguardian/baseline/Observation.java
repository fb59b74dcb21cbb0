package io.kubeguardian.baseline;

import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;

/**
 * What one batch of a pod's events showed that its workload's baseline was not told of late. Flink POJO. What becomes a
 * drift carries its process; the signal itself is made only where it is one.
 */
public final class Observation {
    /** The key: {@link io.kubeguardian.schema.Keys#workload}. */
    public String key = "";
    public WorkloadRef workload;
    public PodRef pod;
    public Completeness completeness;
    /** Of the batch, event time in nanoseconds since the Unix epoch: not after any of its items. */
    public long time;
    /** When the job saw it, nanoseconds since the Unix epoch. */
    public long now;
    public List<ObservedItem> items = new ArrayList<>();
    /** The items' processes, by their {@link ObservedItem#process}. */
    public List<ObservedProcess> processes = new ArrayList<>();
    public List<ObservedCalls> calls = new ArrayList<>();
    /** How often each {@link Activity} was since the last time it was told; empty: not told now. */
    public long[] activity = {};
}
