package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.ingest.MalformedLineException;
import io.kubeguardian.ingest.json.Bounds;
import io.kubeguardian.ingest.json.Fields;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pod of a process and the container that it runs in, as Tetragon knows them from the API server. Texts are empty
 * where it does not tell.
 *
 * @param uid of Kubernetes; Tetragon tells it since v1.4
 * @param containerId without the runtime's scheme
 * @param image as the pod's spec has it
 * @param digest sha256:…
 * @param startedAt of the container, milliseconds since the Unix epoch; 0 when not told
 * @param containerPid the process's pid in its container; 0 when not told
 */
record TetragonPod(
        String namespace, String name, String uid, String workloadKind, String workload, Map<String, String> labels,
        String containerId, String containerName, String image, String digest, boolean privileged, long startedAt,
        int containerPid) {
    private static final int LONGEST = 512;
    private static final int MOST_LABELS = 128;
    private static final int DIGEST_LENGTH = "sha256:".length() + 64;

    /** @param fields null: no pod */
    static TetragonPod of(Fields fields) throws MalformedLineException {
        if (fields == null) {
            return null;
        }
        Fields container = fields.object("container");
        String id = "";
        String containerName = "";
        String image = "";
        String digest = "";
        boolean privileged = false;
        long startedAt = 0;
        int pid = 0;
        if (container != null) {
            id = container.text("id");
            id = Bounds.cut(id.substring(id.indexOf("://") < 0 ? 0 : id.indexOf("://") + 3), LONGEST);
            containerName = text(container, "name");
            pid = (int) container.number("pid", 0, 0, Integer.MAX_VALUE);
            startedAt = container.time("start_time") / 1_000_000;
            Fields security = container.object("security_context");
            privileged = security != null && security.flag("privileged");
            Fields imageFields = container.object("image");
            if (imageFields != null) {
                image = text(imageFields, "name");
                digest = digest(imageFields.text("id"));
            }
        }
        return new TetragonPod(text(fields, "namespace"), text(fields, "name"), text(fields, "uid"),
                text(fields, "workload_kind"), text(fields, "workload"), labels(fields), id, containerName, image,
                digest, privileged, startedAt, pid);
    }

    private static Map<String, String> labels(Fields pod) throws MalformedLineException {
        Map<String, String> labels = new LinkedHashMap<>();
        if (pod.has("labels")) { // until v0.8: "name=value", of Cilium with the source before a colon
            for (String label : pod.texts("labels")) {
                String own = label.startsWith("k8s:") ? label.substring(4) : label;
                int equals = own.indexOf('=');
                labels.put(equals < 0 ? own : own.substring(0, equals), equals < 0 ? "" : own.substring(equals + 1));
            }
        }
        labels.putAll(pod.map("pod_labels"));
        return Bounds.cut(labels, MOST_LABELS, LONGEST);
    }

    /** An image's id ends in its digest: {@code docker.io/library/busybox@sha256:…}. */
    private static String digest(String id) {
        int at = id.lastIndexOf("sha256:");
        return at >= 0 && id.length() == at + DIGEST_LENGTH ? id.substring(at) : "";
    }

    private static String text(Fields fields, String name) throws MalformedLineException {
        return Bounds.cut(fields.text(name), LONGEST);
    }
}
