package io.kubeguardian.correlation;

import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Signal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.java.functions.KeySelector;

/** The value of a pattern's group-by fields in a signal. */
final class GroupKey implements KeySelector<Signal, String> {
    private static final long serialVersionUID = 1L;

    /** The fields that group-by may name. */
    static final Map<String, Function<Signal, String>> FIELDS = Map.of(
            "k8s.pod.uid", s -> s.getPod().getUid(),
            "container.id", Signal::getContainerId,
            "workload", s -> Keys.workload(s.getWorkload()),
            "k8s.ns.name", s -> s.getWorkload().getCluster() + '/' + s.getWorkload().getNamespace(),
            "node", s -> s.getWorkload().getCluster() + '/' + s.getPod().getNode());

    private final List<String> fields;

    GroupKey(List<String> fields) {
        this.fields = fields;
    }

    @Override
    public String getKey(Signal signal) {
        StringBuilder key = new StringBuilder();
        for (String field : fields) {
            key.append(FIELDS.get(field).apply(signal)).append('\u0001');
        }
        return key.toString();
    }

    /** False when a field is empty: signals that lack it have nothing in common. */
    boolean complete(Signal signal) {
        for (String field : fields) {
            if (FIELDS.get(field).apply(signal).isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
