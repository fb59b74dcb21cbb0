package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldTable.EVERY;
import static io.kubeguardian.rules.field.FieldValue.orNull;

import io.kubeguardian.rules.field.Field.Argument;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** k8s.*: the pod, once its metadata is known, and the workload that owns it. */
final class KubernetesFields {
    private KubernetesFields() {}

    static void addTo(FieldTable table) {
        table.text("k8s.ns.name", EVERY, event -> orNull(event.container().namespace()));
        table.text("k8s.pod.name", EVERY, event -> orNull(event.container().podName()));
        table.text("k8s.pod.uid", EVERY, event -> orNull(event.container().podUid()));
        table.text("k8s.pod.full_name", EVERY, event -> event.container().podName().isEmpty()
                ? null
                : event.container().namespace() + "/" + event.container().podName());
        table.withArgument("k8s.pod.label", EVERY, Argument.REQUIRED, key -> {
            FieldValue.Text label = event -> event.container().podLabels().get(key);
            return label;
        });
        table.text("k8s.pod.labels", EVERY, event -> {
            Map<String, String> labels = event.container().podLabels();
            return labels.isEmpty()
                    ? null
                    : new TreeMap<>(labels).entrySet().stream()
                            .map(label -> label.getKey() + ":" + label.getValue())
                            .collect(Collectors.joining(", "));
        });
        owner(table, "k8s.deployment.name", "Deployment");
        owner(table, "k8s.rs.name", "ReplicaSet");
        owner(table, "k8s.rc.name", "ReplicationController");
    }

    private static void owner(FieldTable table, String field, String kind) {
        table.text(field, EVERY, event -> event.container().workloadKind().equals(kind)
                ? orNull(event.container().workloadName())
                : null);
    }
}
