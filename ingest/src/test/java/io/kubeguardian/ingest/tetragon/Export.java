package io.kubeguardian.ingest.tetragon;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/**
 * Lines as Tetragon v1.4 exports them, of our own making: the format is that of its API's documentation (GetEventsResponse).
 * A node that was booted at a given time; times in lines are nanoseconds since then.
 */
public final class Export {
    public static final String NODE = "worker-1";
    public static final String POD_UID = "6d4cf56d-1111-4000-8000-000000000001";
    public static final String CONTAINER = "ab".repeat(32);
    public static final long SECOND = 1_000_000_000L;

    private static final ObjectMapper JSON = new ObjectMapper();

    public final long bootNanos;

    /** @param bootSeconds since the Unix epoch */
    public Export(long bootSeconds) {
        bootNanos = bootSeconds * SECOND;
    }

    /** A process in the pod {@code shop/orders-7d9-x2x4z} of the Deployment {@code orders}. */
    public final class Process {
        final ObjectNode node = JSON.createObjectNode();
        private final long ktime;
        private final int pid;

        private Process(long ktime, int pid, String binary, String arguments) {
            this.ktime = ktime;
            this.pid = pid;
            node.put("exec_id", execId(ktime, pid)).put("pid", pid).put("uid", 1000).put("cwd", "/srv")
                    .put("binary", binary).put("arguments", arguments).put("flags", "execve clone")
                    .put("start_time", wall(ktime)).put("auid", 4294967295L);
            ObjectNode pod = node.putObject("pod");
            pod.put("namespace", "shop").put("name", "orders-7d9-x2x4z").put("uid", POD_UID);
            ObjectNode container = pod.putObject("container");
            container.put("id", "containerd://" + CONTAINER).put("name", "orders").put("start_time", wall(0))
                    .put("pid", pid - 1000);
            container.putObject("security_context").put("privileged", true);
            container.putObject("image").put("id", "docker.io/shop/orders@sha256:" + "cd".repeat(32))
                    .put("name", "docker.io/shop/orders:1.2");
            pod.putObject("pod_labels").put("app", "orders");
            pod.put("workload", "orders").put("workload_kind", "Deployment");
            node.put("docker", CONTAINER.substring(0, 31)).put("refcnt", 1).put("tid", pid).put("in_init_tree", true);
        }

        public Process parent(Process parent) {
            node.put("parent_exec_id", execId(parent.ktime, parent.pid));
            return this;
        }

        public Process flags(String flags) {
            node.put("flags", flags);
            return this;
        }

        /** On the node itself. */
        public Process outsideAnyPod() {
            node.remove("pod");
            node.remove("docker");
            return this;
        }

        public ObjectNode json() {
            return node;
        }
    }

    public Process process(long ktime, int pid, String binary, String arguments) {
        return new Process(ktime, pid, binary, arguments);
    }

    static String execId(long ktime, int pid) {
        return Base64.getEncoder().encodeToString((NODE + ':' + ktime + ':' + pid).getBytes(StandardCharsets.UTF_8));
    }

    public String wall(long sinceBoot) {
        long nanos = bootNanos + sinceBoot;
        return Instant.ofEpochSecond(nanos / SECOND, nanos % SECOND).toString();
    }

    /** An event of a process, with its parent. @param parent may be null */
    public ObjectNode event(String kind, long time, Process process, Process parent) {
        ObjectNode line = JSON.createObjectNode();
        ObjectNode event = line.putObject(kind);
        event.set("process", process.node.deepCopy());
        if (parent != null) {
            event.set("parent", parent.node.deepCopy());
        }
        line.put("node_name", NODE).put("time", wall(time));
        return line;
    }

    /** @param arguments JSON array of KprobeArgument */
    public ObjectNode kprobe(long time, Process process, Process parent, String function, String arguments) {
        ObjectNode line = event("process_kprobe", time, process, parent);
        ObjectNode event = (ObjectNode) line.get("process_kprobe");
        event.put("function_name", function).put("action", "KPROBE_ACTION_POST").put("policy_name", "test-policy");
        event.set("args", json(arguments));
        return line;
    }

    public static com.fasterxml.jackson.databind.JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    public static byte[] bytes(com.fasterxml.jackson.databind.JsonNode line) {
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }
}
