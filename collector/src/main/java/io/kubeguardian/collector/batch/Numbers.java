package io.kubeguardian.collector.batch;

import java.util.Map;

/**
 * Which numbers the next batches get.
 *
 * @param node of the next batch of the node
 * @param pods of the next batch of each pod that is remembered, by UID, the longest silent one first
 * @param floor of the first batch of any other pod
 */
public record Numbers(long node, Map<String, Long> pods, long floor) {
    /** Most pods that are remembered: far more than a node runs at a time. */
    public static final int MOST_PODS = 4096;
    /** Of a new epoch. */
    public static final Numbers FIRST = new Numbers(0, Map.of(), 0);
}
