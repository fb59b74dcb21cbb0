package io.kubeguardian.detection;

import io.kubeguardian.process.MapStateNodes;
import io.kubeguardian.process.ProcessId;
import io.kubeguardian.process.ProcessNode;
import io.kubeguardian.process.ProcessTree;
import io.kubeguardian.schema.PodMetadata;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * The pods that a subtask last heard of, decoded, before keyed state: a batch finds its pod as the last one left it, and
 * what changed is written once for all batches between two checkpoints ({@link #flush}). Keyed state is read for a pod that
 * is not in hand, and is whole at every checkpoint. Bounded: those longest unheard of are written back and put away.
 */
final class PodsInHand {
    private final ValueState<PodState> states;
    private final ValueState<PodMetadata> metadata;
    private final MapState<ProcessId, ProcessNode> nodes;
    private final ProcessTree tree;
    private final KeyContext keys;
    private final int limit;
    private final DetectMetrics metrics;
    /** Those longest unheard of first. */
    private final Map<String, HeldPod> pods = new LinkedHashMap<>(16, 0.75f, true);
    private int weight;

    /**
     * @param processLimit most processes of one pod
     * @param limit most processes of all pods in hand
     * @param keys sets the key that keyed state is read and written under
     */
    PodsInHand(RuntimeContext runtime, int processLimit, int limit, KeyContext keys, DetectMetrics metrics) {
        this.states = runtime.getState(new ValueStateDescriptor<>("pod", TypeInformation.of(PodState.class)));
        this.metadata = runtime.getState(new ValueStateDescriptor<>("metadata", Types.POD));
        this.nodes = runtime.getMapState(MapStateNodes.descriptor());
        this.tree = new ProcessTree(new MapStateNodes(nodes), processLimit);
        this.keys = keys;
        this.limit = limit;
        this.metrics = metrics;
    }

    /** Of whatever pod is current. */
    ProcessTree tree() {
        return tree;
    }

    /** The pod of the current key. */
    HeldPod current(String key) throws Exception {
        HeldPod held = pods.get(key);
        if (held == null) {
            held = new HeldPod(key, states.value(), metadata.value());
            pods.put(key, held);
            metrics.podsRead.inc();
        }
        return held;
    }

    /** The pod's metadata, at once in keyed state too: it is told once, and rarely. The current key must be its. */
    void metadata(HeldPod pod, PodMetadata newest) throws Exception {
        pod.metadata(newest);
        if (newest == null) {
            metadata.clear();
        } else {
            metadata.update(newest);
        }
    }

    /** The node came up again: none of the processes it had is left. The current key must be the pod's. */
    void forgetProcesses(HeldPod pod) {
        nodes.clear();
        pod.processes.clear();
        pod.state.processes = 0;
    }

    /** All of the pod goes but its metadata. The current key must be its. */
    void forget(HeldPod pod) {
        states.clear();
        nodes.clear();
        pods.remove(pod.key);
        weight -= pod.weight;
    }

    /** Ends what was done to the pod of the current key, and puts others away when there are too many. */
    void done(HeldPod pod) throws Exception {
        pod.known = true;
        pod.changed = true;
        pod.state.processes = pod.processes.all();
        weight += pod.currentWeight() - pod.weight;
        pod.weight = pod.currentWeight();
        if (weight > limit && pods.size() > 1) {
            putAway(pod);
            keys.setCurrentKey(pod.key);
        }
    }

    private void putAway(HeldPod current) throws Exception {
        Iterator<HeldPod> oldestFirst = pods.values().iterator();
        while (weight > limit && oldestFirst.hasNext()) {
            HeldPod oldest = oldestFirst.next();
            if (oldest != current) {
                write(oldest);
                oldestFirst.remove();
                weight -= oldest.weight;
                metrics.podsPutAway.inc();
            }
        }
    }

    /** Brings keyed state up to date. Leaves some other key current. */
    void flush() throws Exception {
        for (HeldPod pod : pods.values()) {
            write(pod);
        }
    }

    private void write(HeldPod pod) throws Exception {
        if (pod.changed) {
            keys.setCurrentKey(pod.key);
            states.update(pod.state);
            tree.flush(pod.processes);
            pod.changed = false;
        }
    }
}
