package io.kubeguardian.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The pod specification inside an object: of a Pod itself, or of the template of a workload. */
public final class PodSpec {
    private static final String[] CONTAINER_LISTS = {"initContainers", "containers", "ephemeralContainers"};

    private final List<Object> way;
    private final Node source;
    private final Node spec;
    private List<Container> containers;

    /**
     * @param way where {@code source} stands in the object
     * @param source what new pods are made from: the template, or the Pod itself
     */
    PodSpec(List<Object> way, Node source) {
        this.way = way;
        this.source = source;
        this.spec = source.get("spec");
    }

    /** The pod specification. */
    public Node spec() {
        return spec;
    }

    /** The pods' metadata. */
    public Node metadata() {
        return source.get("metadata");
    }

    /** What new pods are made from: the template, or the Pod itself. */
    public Node source() {
        return source;
    }

    /** Whether a change from that one to this makes no other pods: the template, or a Pod's specification, is the same. */
    public boolean makesTheSamePodsAs(PodSpec other) {
        return way.isEmpty() ? spec.equals(other.spec) : source.equals(other.source);
    }

    /** A path below the specification, from the object's root: {@code spec.template.spec.hostPID}. */
    public String path(String below) {
        return Paths.join(Paths.of(way), below.isEmpty() ? "spec" : "spec." + below);
    }

    /** A path below the pods' metadata. */
    public String metadataPath(String below) {
        return Paths.join(Paths.of(way), "metadata." + below);
    }

    /** Sets a field of the specification. */
    public Fix fix(Node value, Object... below) {
        List<Object> path = new ArrayList<>(way);
        path.add("spec");
        path.addAll(Arrays.asList(below));
        return new Fix(path, value);
    }

    /** The field, or the nearest around it that exists, for its line. */
    public Node near(String field) {
        Node node = spec.get(field);
        return node.isPresent() ? node : near();
    }

    /** The specification, or what should hold it. */
    public Node near() {
        return spec.isPresent() ? spec : source;
    }

    /** Whether the pods say that they run on Windows. */
    public boolean isWindows() {
        return spec.get("os").get("name").text().equals("windows");
    }

    /** Whether the pods have a user namespace of their own. */
    public boolean hasUserNamespace() {
        return spec.get("hostUsers").isFalse();
    }

    /** Every container: init, ordinary and ephemeral ones; entries that are no objects are left out. */
    public List<Container> containers() {
        if (containers == null) {
            List<Container> all = new ArrayList<>(2);
            for (String list : CONTAINER_LISTS) {
                Node items = spec.get(list);
                for (int i = 0; items.isArray() && i < items.size(); i++) {
                    if (items.at(i).isObject()) {
                        all.add(new Container(this, list, i, items.at(i)));
                    }
                }
            }
            containers = all;
        }
        return containers;
    }

    /** One container. */
    public static final class Container {
        private final PodSpec pod;
        private final String list;
        private final int index;
        private final Node node;
        private final Node context;

        private Container(PodSpec pod, String list, int index, Node node) {
            this.pod = pod;
            this.list = list;
            this.index = index;
            this.node = node;
            this.context = node.get("securityContext");
        }

        public PodSpec pod() {
            return pod;
        }

        public Node node() {
            return node;
        }

        /** Its {@code securityContext}. */
        public Node context() {
            return context;
        }

        public String name() {
            return node.get("name").text();
        }

        public boolean isInit() {
            return list.equals("initContainers");
        }

        public boolean isEphemeral() {
            return list.equals("ephemeralContainers");
        }

        /** A path below the container, from the object's root. */
        public String path(String below) {
            String path = pod.path(list + '[' + index + ']');
            return below.isEmpty() ? path : path + '.' + below;
        }

        /** As messages name it: {@code container "web"}. */
        public String label() {
            return "container \"" + name() + '"';
        }

        /** Sets a field of the container. */
        public Fix fix(Node value, Object... below) {
            Object[] path = new Object[below.length + 2];
            path[0] = list;
            path[1] = index;
            System.arraycopy(below, 0, path, 2, below.length);
            return pod.fix(value, path);
        }

        /** The field of the security context, or the nearest around it that exists, for its line. */
        public Node nearContext(String field) {
            Node value = context.get(field);
            return value.isPresent() ? value : context.isPresent() ? context : node;
        }

        /** The field, or the container. */
        public Node near(String field) {
            Node value = node.get(field);
            return value.isPresent() ? value : node;
        }
    }
}
