package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.Namespace;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.NamespaceMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Namespaces as records. */
final class NamespaceRecords {
    private NamespaceRecords() {}

    /** By key; those that did not change are the published ones themselves. */
    static Map<String, NamespaceMetadata> of(
            String cluster, List<Namespace> namespaces, Map<String, NamespaceMetadata> published, long nowMillis) {
        Map<String, NamespaceMetadata> records = new HashMap<>();
        for (Namespace namespace : namespaces) {
            String name = namespace.getMetadata().getName();
            Map<String, String> labels =
                    namespace.getMetadata().getLabels() == null ? Map.of() : namespace.getMetadata().getLabels();
            String key = Keys.namespace(cluster, name);
            NamespaceMetadata before = published.get(key);
            records.put(key, before != null && before.getLabels().equals(labels) ? before
                    : new NamespaceMetadata(cluster, name, labels, nowMillis));
        }
        return records;
    }
}
