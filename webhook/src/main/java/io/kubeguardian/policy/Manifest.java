package io.kubeguardian.policy;

import java.util.List;
import java.util.Optional;

/** An object of Kubernetes, as checks see it. */
public final class Manifest {
    private final Node root;
    private final String group;
    private final String version;
    private final String kind;
    private final PodSpec pod;

    private Manifest(Node root, String group, String version, String kind, PodSpec pod) {
        this.root = root;
        this.group = group;
        this.version = version;
        this.kind = kind;
        this.pod = pod;
    }

    /** An object as it stands in a manifest; empty for what has no {@code apiVersion} and {@code kind}. */
    public static Optional<Manifest> of(Node root, PodTemplates templates) {
        String apiVersion = root.get("apiVersion").text();
        String kind = root.get("kind").text();
        if (apiVersion.isEmpty() || kind.isEmpty()) {
            return Optional.empty();
        }
        int slash = apiVersion.indexOf('/');
        return Optional.of(of(slash < 0 ? "" : apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind, root,
                templates));
    }

    /** An object whose kind is known otherwise. */
    public static Manifest of(String group, String version, String kind, Node root, PodTemplates templates) {
        List<Object> way = templates.way(group, kind);
        PodSpec pod = null;
        if (way != null) {
            Node node = root;
            for (Object step : way) {
                node = node.get((String) step);
            }
            // A CRD's template may be optional; without one there are no pods to judge.
            pod = node.isPresent() ? new PodSpec(way, node) : null;
        }
        return new Manifest(root, group, version, kind, pod);
    }

    public Node root() {
        return root;
    }

    /** API group; empty for the core group. */
    public String group() {
        return group;
    }

    public String version() {
        return version;
    }

    public String kind() {
        return kind;
    }

    /** Whether it is of this group and kind, in any version. */
    public boolean is(String group, String kind) {
        return this.kind.equals(kind) && this.group.equals(group);
    }

    public Node metadata() {
        return root.get("metadata");
    }

    /** Empty when the manifest leaves it to whoever applies it, and for cluster-wide objects. */
    public String namespace() {
        return metadata().get("namespace").text();
    }

    /** The name, or what it will begin with. */
    public String name() {
        String name = metadata().get("name").text();
        return name.isEmpty() ? metadata().get("generateName").text() : name;
    }

    /** The pods that it makes; null for kinds that make none, and where there is no template. */
    public PodSpec pod() {
        return pod;
    }

    /** A field below the root, or the nearest around it that exists, for its line. */
    public Node near(String field) {
        Node node = root.get(field);
        return node.isPresent() ? node : root;
    }
}
