package io.kubeguardian.ingest.falco;

import io.kubeguardian.ingest.Pods;
import io.kubeguardian.ingest.json.Bounds;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whom an alert is about, as its output fields tell. Falco gives those that the rule's output names, and with
 * {@code append_output} more: what is not among them is not known. The job completes it from the pod's metadata.
 *
 * @param process null when no field names one
 * @param ancestors parent first, names as far as told; their starts are not
 */
record FalcoSubject(
        WorkloadRef workload, PodRef pod, String containerId, String image, ProcessRef process,
        List<ProcessRef> ancestors) {
    private static final int LONGEST = 512;
    private static final int LONGEST_COMMAND = 4096;
    private static final int MOST_ANCESTORS = 8;
    private static final List<String> UIDS = List.of("k8s.pod.uid", "k8smeta.pod.uid", "k8s.pod.id");
    private static final List<String> NAMES = List.of("k8s.pod.name", "k8smeta.pod.name", "k8s_pod_name");
    private static final List<String> NAMESPACES = List.of("k8s.ns.name", "k8smeta.ns.name", "k8s_ns_name");
    /** Field that names the pod's controller, outermost first, and the controller's kind. */
    private static final List<Map.Entry<String, String>> CONTROLLERS = List.of(
            Map.entry("k8smeta.deployment.name", "Deployment"), Map.entry("k8s.deployment.name", "Deployment"),
            Map.entry("k8smeta.rs.name", "ReplicaSet"), Map.entry("k8s.rs.name", "ReplicaSet"),
            Map.entry("k8smeta.rc.name", "ReplicationController"),
            Map.entry("k8s.rc.name", "ReplicationController"));

    static FalcoSubject of(Map<String, String> fields, String cluster, String node, Pods pods) {
        String name = first(fields, NAMES);
        String namespace = first(fields, NAMESPACES);
        String uid = first(fields, UIDS);
        if (uid.isEmpty() && !name.isEmpty() && !namespace.isEmpty()) {
            uid = pods.substituteUid(namespace, name);
        }
        String container = value(fields, "container.full_id");
        container = container.isEmpty() ? value(fields, "container.id") : container;
        return new FalcoSubject(workload(fields, cluster, node, namespace, name, uid),
                new PodRef(uid, namespace, name, node, false), container.equals("host") ? "" : container,
                image(fields), process(fields), ancestors(fields));
    }

    private static WorkloadRef workload(
            Map<String, String> fields, String cluster, String node, String namespace, String name, String uid) {
        if (uid.isEmpty()) {
            return new WorkloadRef(cluster, "", "Node", node);
        }
        for (Map.Entry<String, String> controller : CONTROLLERS) {
            String owner = value(fields, controller.getKey());
            if (!owner.isEmpty()) {
                return new WorkloadRef(cluster, namespace, controller.getValue(), owner);
            }
        }
        return new WorkloadRef(cluster, namespace, "Pod", name.isEmpty() ? uid : name);
    }

    private static String image(Map<String, String> fields) {
        String image = value(fields, "container.image");
        String repository = value(fields, "container.image.repository");
        if (!image.isEmpty() || repository.isEmpty()) {
            return image;
        }
        String tag = value(fields, "container.image.tag");
        return tag.isEmpty() ? repository : repository + ':' + tag;
    }

    private static ProcessRef process(Map<String, String> fields) {
        String name = value(fields, "proc.name");
        String exe = value(fields, "proc.exepath");
        String command = Bounds.cut(fields.getOrDefault("proc.cmdline", ""), LONGEST_COMMAND);
        int pid = number(fields, "proc.pid", 0);
        if (name.isEmpty() && exe.isEmpty() && command.isEmpty() && pid == 0) {
            return null;
        }
        // One text in Falco's fields; where its arguments begin and end is not told.
        List<String> args = command.isEmpty() || command.equals("<NA>") ? List.of() : List.of(command);
        return new ProcessRef("", pid, 0L, name, exe, args, number(fields, "user.uid", -1), value(fields, "container.id"));
    }

    private static List<ProcessRef> ancestors(Map<String, String> fields) {
        List<ProcessRef> ancestors = new ArrayList<>();
        for (int i = 1; i <= MOST_ANCESTORS; i++) {
            String name = value(fields, "proc.aname[" + i + "]");
            name = name.isEmpty() && i == 1 ? value(fields, "proc.pname") : name;
            if (name.isEmpty()) {
                break;
            }
            String exe = value(fields, "proc.aexepath[" + i + "]");
            String command = value(fields, i == 1 ? "proc.pcmdline" : "proc.acmdline[" + i + "]");
            ancestors.add(new ProcessRef("", number(fields, i == 1 ? "proc.ppid" : "proc.apid[" + i + "]", 0), 0L, name, exe,
                    command.isEmpty() ? List.of() : List.of(command), -1, ""));
        }
        return ancestors;
    }

    private static String first(Map<String, String> fields, List<String> names) {
        for (String name : names) {
            String value = value(fields, name);
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    /** Falco writes {@code <NA>} for what it does not know. */
    private static String value(Map<String, String> fields, String name) {
        String value = fields.getOrDefault(name, "");
        return value.equals("<NA>") ? "" : Bounds.cut(value, LONGEST);
    }

    private static int number(Map<String, String> fields, String name, int missing) {
        try {
            return fields.containsKey(name) ? Integer.parseUnsignedInt(fields.get(name)) : missing;
        } catch (NumberFormatException e) {
            return missing;
        }
    }
}
