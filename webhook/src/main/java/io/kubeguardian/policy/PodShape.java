package io.kubeguardian.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether the fields of a pod specification that checks read have the types that Kubernetes takes. The API server refuses
 * objects where they have not; checks read such fields as absent, so somebody has to say it.
 *
 * <p>Types: Kubernetes API reference v1.34, PodSpec and its parts.
 */
public final class PodShape {
    /** What is wrong at one place. */
    public record Problem(String path, int line, String message) {}

    /** Of pods and containers alike. */
    private static final String SECURITY_CONTEXT = """
            object securityContext
            boolean securityContext.runAsNonRoot
            number securityContext.runAsUser
            number securityContext.runAsGroup
            object securityContext.seccompProfile
            string securityContext.seccompProfile.type
            object securityContext.appArmorProfile
            string securityContext.appArmorProfile.type
            object securityContext.seLinuxOptions
            string securityContext.seLinuxOptions.type
            string securityContext.seLinuxOptions.user
            string securityContext.seLinuxOptions.role
            object securityContext.windowsOptions
            boolean securityContext.windowsOptions.hostProcess
            string securityContext.windowsOptions.runAsUserName
            """;

    private static final String CONTAINER_FIELDS = """
            object
            string name
            string image
            string imagePullPolicy
            array args
            string args[]
            array command
            string command[]
            array env
            object env[]
            string env[].name
            string env[].value
            object env[].valueFrom
            array envFrom
            object envFrom[]
            array ports
            object ports[]
            number ports[].hostPort
            object resources
            object resources.limits
            object resources.requests
            array volumeMounts
            object volumeMounts[]
            string volumeMounts[].name
            string volumeMounts[].mountPath
            boolean volumeMounts[].readOnly
            object livenessProbe
            object livenessProbe.httpGet
            string livenessProbe.httpGet.host
            object livenessProbe.tcpSocket
            string livenessProbe.tcpSocket.host
            object readinessProbe
            object readinessProbe.httpGet
            string readinessProbe.httpGet.host
            object readinessProbe.tcpSocket
            string readinessProbe.tcpSocket.host
            object startupProbe
            object startupProbe.httpGet
            string startupProbe.httpGet.host
            object startupProbe.tcpSocket
            string startupProbe.tcpSocket.host
            object lifecycle
            object lifecycle.postStart
            object lifecycle.preStop
            boolean securityContext.privileged
            boolean securityContext.allowPrivilegeEscalation
            boolean securityContext.readOnlyRootFilesystem
            string securityContext.procMount
            object securityContext.capabilities
            array securityContext.capabilities.add
            string securityContext.capabilities.add[]
            array securityContext.capabilities.drop
            string securityContext.capabilities.drop[]
            """;

    private static final String POD_FIELDS = """
            object
            boolean hostNetwork
            boolean hostPID
            boolean hostIPC
            boolean hostUsers
            boolean shareProcessNamespace
            boolean automountServiceAccountToken
            string serviceAccountName
            string serviceAccount
            string restartPolicy
            object os
            string os.name
            array securityContext.sysctls
            object securityContext.sysctls[]
            string securityContext.sysctls[].name
            array volumes
            object volumes[]
            string volumes[].name
            object volumes[].hostPath
            string volumes[].hostPath.path
            object volumes[].projected
            array volumes[].projected.sources
            array initContainers
            array containers
            array ephemeralContainers
            """;

    private static final Shape POD = pod();

    private PodShape() {}

    /** A type, and those of fields and items below it. */
    private static final class Shape {
        private Node.Kind kind;
        private Shape items;
        private final Map<String, Shape> fields = new LinkedHashMap<>();

        Shape at(String path) {
            Shape shape = this;
            for (String step : path.replace("[]", ".[]").split("\\.")) {
                if (step.equals("[]")) {
                    shape.items = shape.items == null ? new Shape() : shape.items;
                    shape = shape.items;
                } else {
                    shape = shape.fields.computeIfAbsent(step, none -> new Shape());
                }
            }
            return shape;
        }

        void read(String lines) {
            lines.lines().forEach(line -> {
                int space = line.indexOf(' ');
                Shape shape = space < 0 ? this : at(line.substring(space + 1));
                shape.kind = Node.Kind.valueOf(line.substring(0, space < 0 ? line.length() : space).toUpperCase(Locale.ROOT));
            });
        }
    }

    private static Shape pod() {
        Shape pod = new Shape();
        pod.read(POD_FIELDS);
        pod.read(SECURITY_CONTEXT);
        Shape container = new Shape();
        container.read(CONTAINER_FIELDS);
        container.read(SECURITY_CONTEXT);
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            pod.at(list).items = container;
        }
        return pod;
    }

    /** Every wrong type, in the order in which the fields stand. */
    public static List<Problem> problems(PodSpec pod) {
        List<Problem> problems = new ArrayList<>(0);
        if (pod.spec().isPresent() && !fits(POD, pod.spec())) {
            judge(POD, pod.spec(), pod.path(""), problems);
        }
        Node metadata = pod.source().get("metadata");
        if (metadata.isPresent() && !metadata.isObject()) {
            problems.add(wrong(pod.metadataPath("").replaceAll("\\.$", ""), metadata, Node.Kind.OBJECT));
        }
        return problems;
    }

    /**
     * Throws the first problem of an object that makes pods, or that it makes none.
     *
     * @throws InvalidObjectException when Kubernetes would refuse the object
     */
    public static void require(Manifest manifest, PodTemplates templates) throws InvalidObjectException {
        Node node = manifest.root();
        List<Object> way = new ArrayList<>(templates.way(manifest.group(), manifest.kind()));
        way.add("spec");
        for (int i = 0; i < way.size(); i++) {
            node = node.get((String) way.get(i));
            String path = Paths.of(way.subList(0, i + 1));
            if (!node.isPresent()) {
                throw new InvalidObjectException(path + " is missing");
            }
            if (!node.isObject()) {
                throw new InvalidObjectException(wrong(path, node, Node.Kind.OBJECT).message());
            }
        }
        List<Problem> problems = problems(manifest.pod());
        if (!problems.isEmpty()) {
            throw new InvalidObjectException(problems.getFirst().message());
        }
    }

    /** Whether all is well, without the cost of paths: it nearly always is. */
    private static boolean fits(Shape shape, Node node) {
        if (!node.isPresent()) {
            return true;
        }
        if (shape.kind != null && node.kind() != shape.kind) {
            return false;
        }
        for (int i = 0; i < node.size(); i++) {
            if (shape.items != null) {
                if (node.at(i).kind() != shape.items.kind || !fits(shape.items, node.at(i))) {
                    return false;
                }
            } else if (node.isObject()) {
                Shape field = shape.fields.get(node.name(i));
                if (field != null && !fits(field, node.at(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void judge(Shape shape, Node node, String path, List<Problem> problems) {
        if (node.kind() != shape.kind) {
            if (shape.kind != null && node.isPresent()) {
                problems.add(wrong(path, node, shape.kind));
            }
            return;
        }
        if (shape.items != null) {
            for (int i = 0; i < node.size(); i++) {
                Node item = node.at(i);
                if (item.kind() == shape.items.kind && shape.items.fields.isEmpty()) {
                    continue;
                }
                String at = path + '[' + i + ']';
                if (item.kind() != shape.items.kind) {
                    problems.add(new Problem(at, item.line(), at + " must be " + name(shape.items.kind)));
                } else {
                    judge(shape.items, item, at, problems);
                }
            }
            return;
        }
        for (int i = 0; i < node.size() && node.isObject(); i++) {
            Shape field = shape.fields.get(node.name(i));
            if (field == null) {
                continue;
            }
            Node value = node.at(i);
            boolean fine = value.kind() == field.kind && field.fields.isEmpty() && field.items == null;
            if (!fine && value.isPresent()) {
                judge(field, value, path + '.' + node.name(i), problems);
            }
        }
    }

    private static Problem wrong(String path, Node node, Node.Kind expected) {
        return new Problem(path, node.line(),
                path + " is of type " + node.kind().name().toLowerCase(Locale.ROOT) + ", must be " + name(expected));
    }

    private static String name(Node.Kind kind) {
        return switch (kind) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER -> "a number";
            default -> "true or false";
        };
    }
}
