package io.kubeguardian.risk;

import io.kubeguardian.schema.RiskScore;
import java.util.HashMap;
import java.util.Map;

/** What is remembered of one entity's risk. Flink POJO. */
public final class RiskState {
    /** As it is, whether published or not; null before the first factor. */
    public RiskScore score;
    /** What was published last. */
    public double publishedScore;
    public String publishedLevel = "NONE";
    /** The one timer for its decay, event time in milliseconds; 0: none. */
    public long timer;
    /** Of the pod that was described last. */
    public Map<String, String> labels = new HashMap<>();
    /** Pods of the workload that have each exposure, by its ordinal. */
    public int[] exposed = new int[Exposure.values().length];
    /** Pods that are known. */
    public int pods;
    /** People were told that it is over the policy's threshold for that. */
    public boolean alerted;

    public RiskState() {}
}
