package io.kubeguardian.baseline;

import io.kubeguardian.schema.ProfilePhase;
import java.util.HashMap;
import java.util.Map;

/**
 * How far the baseline of one image of a workload has come. Flink POJO. Times are event time, nanoseconds since the Unix
 * epoch, where nothing else is said.
 */
public final class ImageBaseline {
    /** Digest, or name while that is unknown; and the name. */
    public String image = "";
    public String imageName = "";
    /** Its items' keys begin with it: short, and kept when a digest takes the place of a name. */
    public int slot;
    public String inheritedFrom = "";
    /** First event. */
    public long firstEvent;
    /** When the newest new items were seen, the latest first; 0: none yet. As many as tell whether it is saturated. */
    public long[] newest = {};
    /** 0 while it learns. */
    public long readySince;
    /** When it became stale; 0: it is not. */
    public long staleSince;
    public long lastSeen;
    /** Exact items by kind. */
    public Map<String, Integer> learned = new HashMap<>();
    /** Items in the sketch by kind, about. */
    public Map<String, Long> sketched = new HashMap<>();
    /** Items that found no room anywhere, by kind: such a kind is not judged. */
    public Map<String, Long> saturated = new HashMap<>();
    /** kind|pattern of each pattern that stands for many items, and how many that were. */
    public Map<String, Integer> collapsed = new HashMap<>();
    /** Not ready before: what is told from time to time only must have been told again after a reset; 0: no such bound. */
    public long notBefore;
    /** Something changed since the profile was last published. */
    public boolean changed;

    public ProfilePhase phase() {
        return staleSince != 0 ? ProfilePhase.STALE : readySince == 0 ? ProfilePhase.LEARNING : ProfilePhase.READY;
    }

    boolean isSaturated(ItemKind kind) {
        return saturated.containsKey(kind.word());
    }
}
