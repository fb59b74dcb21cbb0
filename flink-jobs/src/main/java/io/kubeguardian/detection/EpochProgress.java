package io.kubeguardian.detection;

import java.util.ArrayList;
import java.util.List;

/** How far the batches of one pod from one collector run have come. Flink POJO. */
public final class EpochProgress {
    public long epoch;
    /** Sequence number expected next. */
    public long next;
    public List<Hole> holes = new ArrayList<>();
    /** Sum of the node's loss counters, the highest seen. */
    public long lossTotal;
    /** Time without a collector, milliseconds, the highest seen. */
    public long unwatchedMillis;
}
