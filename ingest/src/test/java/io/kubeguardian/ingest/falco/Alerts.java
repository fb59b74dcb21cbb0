package io.kubeguardian.ingest.falco;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Alerts as Falco writes them with {@code json_output: true}, of our own making: the format is that of its documentation. */
public final class Alerts {
    public static final String POD_UID = "6d4cf56d-2222-4000-8000-000000000002";

    private Alerts() {}

    /** Of a shell in the pod {@code shop/orders-7d9-x2x4z}. */
    public static ObjectNode shell(Instant time) {
        ObjectNode alert = new ObjectMapper().createObjectNode();
        alert.put("uuid", "7f8c4e5a-0000-4000-8000-000000000003").put("hostname", "worker-1")
                .put("output", "10:20:30.000000007: Warning A shell was spawned in a container | user=root shell=bash")
                .put("priority", "Warning").put("rule", "Terminal shell in container").put("source", "syscall")
                .put("time", time.toString());
        alert.putArray("tags").add("container").add("mitre_execution").add("T1059").add("t1611.001");
        ObjectNode fields = alert.putObject("output_fields");
        fields.put("container.id", "0123456789ab").put("container.image.repository", "docker.io/shop/orders")
                .put("container.image.tag", "1.2").put("evt.time", 1_790_000_000_000_000_007L)
                .put("k8s.ns.name", "shop").put("k8s.pod.name", "orders-7d9-x2x4z").put("k8s.pod.uid", POD_UID)
                .put("proc.name", "bash").put("proc.exepath", "/usr/bin/bash").put("proc.cmdline", "bash -i")
                .put("proc.pid", 1200).put("proc.pname", "orders").put("proc.ppid", 1100).put("proc.tty", 34816)
                .put("user.uid", 0).putNull("fd.name");
        fields.put("proc.aname[2]", "containerd-shim");
        return alert;
    }

    /** In the pod's own metadata. */
    public static ObjectNode fields(ObjectNode alert) {
        return (ObjectNode) alert.get("output_fields");
    }

    public static byte[] bytes(ObjectNode alert) {
        return alert.toString().getBytes(StandardCharsets.UTF_8);
    }
}
