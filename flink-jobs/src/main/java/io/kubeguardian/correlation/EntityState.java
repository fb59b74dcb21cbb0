package io.kubeguardian.correlation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All that is remembered of an entity of a scope. Flink POJO. Times are event time in milliseconds. */
public final class EntityState {
    public String scope = "";
    /** Not yet looked at: event time has not come so far. In the order of arrival. */
    public List<KeptSignal> waiting = new ArrayList<>();
    /** In their order, bounded, see {@link Keeping}. */
    public List<KeptSignal> kept = new ArrayList<>();
    public Map<String, Tally> tallies = new HashMap<>();
    /** By {@link CorrelationPattern#stateKey}. */
    public Map<String, PatternProgress> progress = new HashMap<>();
    public List<OpenIncident> open = new ArrayList<>();
    /** The earliest timer that is registered; 0: none. */
    public long timer;

    boolean isEmpty() {
        return waiting.isEmpty() && kept.isEmpty() && progress.isEmpty() && open.isEmpty();
    }
}
