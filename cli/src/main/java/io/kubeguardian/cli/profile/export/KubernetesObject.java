package io.kubeguardian.cli.profile.export;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** An object for the API server, that says what it was made from. */
final class KubernetesObject {
    private KubernetesObject() {}

    /** @param comment stands above it, line by line */
    static String yaml(String apiVersion, String kind, Behaviour behaviour, Map<String, Object> spec, String comment) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", behaviour.name());
        metadata.put("namespace", behaviour.workload().getNamespace());
        metadata.put("annotations", new TreeMap<>(Map.of(
                "kubeguardian.io/workload", behaviour.key(),
                "kubeguardian.io/profile-digests", String.join(" ", behaviour.digests()))));
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", apiVersion);
        object.put("kind", kind);
        object.put("metadata", metadata);
        object.put("spec", spec);
        return Yaml.of(object, comment);
    }
}
