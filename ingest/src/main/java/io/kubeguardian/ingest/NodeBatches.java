package io.kubeguardian.ingest;

import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.collector.batch.Numbers;
import io.kubeguardian.collector.batch.OpenBatch;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.LossCause;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The batches of every node that lines come from, numbered as a collector on that node would number them. A node that
 * comes up again, or is heard of again after it was forgotten, begins a new epoch. Not thread safe.
 */
public final class NodeBatches {
    /** Most nodes; the longest silent one goes. */
    public static final int MOST_NODES = 256;
    /** As the collector's default; a portion of lines is closed as a whole anyway. */
    private static final int MOST_EVENTS = 256;

    private record Node(String bootId, PodBatches batches, LossCounters losses) {}

    private final String cluster;
    private final Consumer<EventBatch> sink;
    private final Map<String, Node> nodes = new LinkedHashMap<>(16, 0.75f, true);
    private long nextEpoch;

    /** @param epoch of the first node, milliseconds since the Unix epoch */
    NodeBatches(String cluster, long epoch, Consumer<EventBatch> sink) {
        this.cluster = cluster;
        this.nextEpoch = epoch;
        this.sink = sink;
    }

    /** Where to add an event of a pod; {@link #added} must follow. @param podUid empty: outside any pod */
    public OpenBatch open(String node, String bootId, String podUid) {
        return node(node, bootId).batches().open(podUid);
    }

    /** One event was added, of about so many bytes. */
    public void added(String node, OpenBatch batch, EventClass eventClass, int bytes) {
        nodes.get(node).batches().added(batch, eventClass, bytes);
    }

    /** Events of a node that never came; told with its next batches. A node that is not known has lost nothing yet. */
    public void lost(String node, LossCause cause, long events) {
        Node known = nodes.get(node);
        if (known != null) {
            known.losses().add(EventClass.OTHER, cause, events);
        }
    }

    private Node node(String name, String bootId) {
        Node node = nodes.get(name);
        if (node != null && node.bootId().equals(bootId)) {
            return node;
        }
        if (node != null) {
            node.batches().flushAll();
        } else if (nodes.size() == MOST_NODES) {
            String oldest = nodes.keySet().iterator().next();
            nodes.remove(oldest).batches().flushAll();
        }
        LossCounters losses = new LossCounters();
        Origin origin = new Origin(cluster, name, bootId, nextEpoch++);
        Node begun = new Node(bootId, new PodBatches(origin, Numbers.FIRST, MOST_EVENTS, Long.MAX_VALUE,
                losses, (batch, contents) -> sink.accept(batch)), losses);
        nodes.put(name, begun);
        return begun;
    }

    /** Closes all batches. */
    public void flush() {
        nodes.values().forEach(node -> node.batches().flushAll());
    }

    /** How many nodes are known. */
    public int size() {
        return nodes.size();
    }
}
