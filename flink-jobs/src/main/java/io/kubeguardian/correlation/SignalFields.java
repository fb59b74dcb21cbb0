package io.kubeguardian.correlation;

import io.kubeguardian.rules.field.FieldTable;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.Signal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The fields of a signal that group-by and value_count may name: those of this table, and every field of the Falco
 * language, which a signal has when its rule's output names it. A field without a value is empty.
 */
final class SignalFields {
    private static final String UNNAMED = "";

    /** Canonical name to value. */
    private static final Map<String, Function<Signal, String>> FIELDS = new TreeMap<>(Map.of(
            "process.tree", SignalFields::tree,
            "k8s.pod.uid", s -> s.getPod().getUid(),
            "container.id", Signal::getContainerId,
            "workload", s -> named(s.getWorkload().getName(), Keys.workload(s.getWorkload())),
            "k8s.ns.name", s -> named(s.getWorkload().getNamespace(),
                    s.getWorkload().getCluster() + '/' + s.getWorkload().getNamespace()),
            "node", s -> named(s.getPod().getNode(), s.getWorkload().getCluster() + '/' + s.getPod().getNode()),
            "cluster", s -> s.getWorkload().getCluster(),
            "image", Signal::getImage,
            "rule", Signal::getRule));

    private static final Map<String, String> OTHER_NAMES = Map.of("pod", "k8s.pod.uid", "container", "container.id",
            "namespace", "k8s.ns.name", "process-tree", "process.tree", "k8s.node.name", "node", "k8s.pod.name",
            "k8s.pod.uid", "container.image", "image");

    /** Signals of one of these are about the same processes: whatever else is found there belongs to the story. */
    private static final Set<String> NARROW = Set.of("process.tree", "k8s.pod.uid", "container.id");

    private SignalFields() {}

    /** What a field is called here, whatever name the file has for it. */
    static String canonical(String name) {
        return OTHER_NAMES.getOrDefault(name, name);
    }

    static boolean isKnown(String name) {
        return FIELDS.containsKey(canonical(name)) || name.startsWith("kubeguardian.")
                || FieldTable.standard().find(name) != null;
    }

    /** For errors. */
    static String known() {
        Set<String> names = new TreeSet<>(FIELDS.keySet());
        names.addAll(OTHER_NAMES.keySet());
        return String.join(", ", names) + ", or a field of the Falco language";
    }

    static boolean isNarrow(List<String> canonical) {
        return canonical.stream().anyMatch(NARROW::contains);
    }

    /** @param canonical as {@link #canonical} returned it */
    static Function<Signal, String> reader(String canonical) {
        Function<Signal, String> own = FIELDS.get(canonical);
        return own != null ? own : signal -> {
            String value = signal.getOutputFields().get(canonical);
            return value == null || value.equals("<NA>") ? UNNAMED : value;
        };
    }

    private static String named(String name, String key) {
        return name.isEmpty() ? UNNAMED : key;
    }

    /**
     * The part of the pod's process tree that the signal's process is in: the child of the oldest known process, with
     * all that came of it. What a server started on one occasion is one such part.
     */
    private static String tree(Signal signal) {
        ProcessRef process = signal.getProcess();
        if (process == null) {
            return UNNAMED;
        }
        int ancestors = signal.getAncestors().size();
        ProcessRef top = ancestors < 2 ? process : signal.getAncestors().get(ancestors - 2);
        return signal.getPod().getUid() + '/' + identity(top);
    }

    /** Of a process, wherever it is named. */
    static String identity(ProcessRef process) {
        return process.getBootId() + '/' + process.getPid() + '/' + process.getStartTime();
    }
}
