package io.kubeguardian.collector.batch;

import java.util.LinkedHashMap;

/** Numbers batches, per node and per pod. Used by one thread. */
final class Sequences {
    /** Bounded; the longest silent one goes first. */
    private final LinkedHashMap<String, Long> pods = new LinkedHashMap<>(64, 0.75f, true);
    private long node;
    /**
     * Higher than any number that a forgotten pod has had. Should one come back, a sequence that began anew in the same
     * epoch would be taken for batches sent twice, and dropped; one that jumps is at worst taken for a gap.
     */
    private long floor;

    Sequences(Numbers start) {
        node = start.node();
        floor = start.floor();
        pods.putAll(start.pods());
    }

    long nextOfNode() {
        return node++;
    }

    long nextOf(String podUid) {
        long next = pods.getOrDefault(podUid, floor);
        pods.put(podUid, next + 1);
        if (pods.size() > Numbers.MOST_PODS) {
            floor = Math.max(floor, pods.pollFirstEntry().getValue());
        }
        return next;
    }

    Numbers numbers() {
        return new Numbers(node, new LinkedHashMap<>(pods), floor);
    }
}
