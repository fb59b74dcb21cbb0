package io.kubeguardian.baseline;

import java.util.HashMap;
import java.util.Map;

/** How far a workload's baseline has come. Flink POJO. Times are event time, nanoseconds since the Unix epoch. */
public final class BaselineState {
    /** First event of the workload. */
    public long firstEvent;
    /** Last time something new was learned. */
    public long lastNew;
    /** 0 while it learns. */
    public long readySince;
    /** Learned items by kind. */
    public Map<String, Integer> learned = new HashMap<>();
    /** Items that were new and found no room, by kind: such a kind is saturated and judges no more. */
    public Map<String, Long> overflow = new HashMap<>();
    /** Drifts told of late, by kind. */
    public Map<String, Integer> drifted = new HashMap<>();
    /** When those told long enough ago are next forgotten, milliseconds; 0: none are remembered. */
    public long tellAgainAt;
    /** When it is next looked at whether the workload is gone, milliseconds. */
    public long forgetAt;
    /** When it was last used. */
    public long lastSeen;

    /** learning or ready. */
    public String phase() {
        return readySince == 0 ? "learning" : "ready";
    }

    public boolean saturated(String kind) {
        return overflow.containsKey(kind);
    }
}
