package io.kubeguardian.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pod specification inside an object: of a Pod itself, or of the template of a workload.
 *
 * @param path where {@link #spec} stands in the object: {@code spec}, {@code spec.template.spec}, …
 * @param spec the pod specification
 * @param source what new pods are made from: the template, or a Pod's own specification
 */
public record PodSpec(String path, JsonNode spec, JsonNode source) {
    /** Group and kind, and the way to the pod template. Kubernetes API reference v1.34, "Workload Resources". */
    private static final Map<String, List<String>> TEMPLATES = Map.of(
            "/ReplicationController", List.of("spec", "template"),
            "apps/Deployment", List.of("spec", "template"),
            "apps/StatefulSet", List.of("spec", "template"),
            "apps/DaemonSet", List.of("spec", "template"),
            "apps/ReplicaSet", List.of("spec", "template"),
            "batch/Job", List.of("spec", "template"),
            "batch/CronJob", List.of("spec", "jobTemplate", "spec", "template"));

    private static final List<String> CONTAINER_LISTS = List.of("initContainers", "containers", "ephemeralContainers");

    /**
     * One container.
     *
     * @param path {@code spec.initContainers[0]}, …
     */
    public record Container(String path, JsonNode node) {}

    /** Whether objects of this group and kind hold a pod specification. */
    public static boolean isHeldBy(String group, String kind) {
        return isPod(group, kind) || TEMPLATES.containsKey(group + '/' + kind);
    }

    /**
     * The pod specification of an object; empty for kinds that hold none.
     *
     * @param group API group, empty for the core group
     * @throws InvalidObjectException when the object lacks the specification, or holds something else there
     */
    public static Optional<PodSpec> of(String group, String kind, JsonNode object) throws InvalidObjectException {
        if (isPod(group, kind)) {
            JsonNode spec = required(object, "", "spec");
            return Optional.of(new PodSpec("spec", spec, spec));
        }
        List<String> way = TEMPLATES.get(group + '/' + kind);
        if (way == null) {
            return Optional.empty();
        }
        JsonNode node = object;
        String path = "";
        for (String field : way) {
            node = required(node, path, field);
            path = join(path, field);
        }
        return Optional.of(new PodSpec(join(path, "spec"), required(node, path, "spec"), node));
    }

    /**
     * Every container: init, ordinary and ephemeral ones.
     *
     * @throws InvalidObjectException when a list or an entry of it has the wrong type
     */
    public List<Container> containers() throws InvalidObjectException {
        List<Container> containers = new ArrayList<>();
        for (String list : CONTAINER_LISTS) {
            int index = 0;
            for (JsonNode node : Fields.array(spec, path, list)) {
                String at = join(path, list) + '[' + index++ + ']';
                if (!node.isObject()) {
                    throw new InvalidObjectException(at + " must be an object");
                }
                containers.add(new Container(at, node));
            }
        }
        return containers;
    }

    private static boolean isPod(String group, String kind) {
        return group.isEmpty() && kind.equals("Pod");
    }

    private static JsonNode required(JsonNode parent, String path, String field) throws InvalidObjectException {
        JsonNode node = Fields.object(parent, path, field);
        if (node.isMissingNode()) {
            throw new InvalidObjectException(join(path, field) + " is missing");
        }
        return node;
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + '.' + field;
    }
}
