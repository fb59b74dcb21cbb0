package io.kubeguardian.correlation;

import java.util.HashMap;
import java.util.Map;

/** What passed of one key within a timespan. Flink POJO. Times are event time in milliseconds. */
public final class CapState {
    /** By rule. */
    public Map<String, Integer> totals = new HashMap<>();
    /** The rule of the run of signals that goes on. */
    public String rule = "";
    public int run;
    public long lastPassed;
}
