package io.kubeguardian.cli.rules;

import io.kubeguardian.detection.RuleTrial;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Events written in the test itself, as the batches that a collector would have sent. */
final class InlineEvents implements Evidence {
    /** 2026-01-01T00:00:00Z. Events are a second apart; what runs already started within the hour before. */
    private static final long START = 1_767_225_600_000_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final long HOUR = 3600 * SECOND;
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int OPENED = 3;

    private static final Set<String> EVENT_KEYS =
            Set.of("exec", "open", "connect", "process", "parent", "flags", "mode", "result");
    private static final Set<String> POD_KEYS = Set.of("namespace", "name", "uid", "labels", "workload", "node");
    private static final Set<String> CONTAINER_KEYS = Set.of("id", "name", "image", "digest", "privileged");

    private final String containerId;
    private final PodMetadata pod;
    private final String node;
    private final EventBatchBuilder before = new EventBatchBuilder();
    private final EventBatchBuilder events = new EventBatchBuilder();
    private final Processes processes;
    private long time = START;

    private InlineEvents(String containerId, PodMetadata pod, String node) {
        this.containerId = containerId;
        this.pod = pod;
        this.node = node;
        this.processes = new Processes(
                found -> found.addTo(before, START - HOUR + found.startTime(), this.containerId, true));
    }

    /** From a test's keys. */
    static InlineEvents read(Map<String, YamlValue> test) {
        InlineEvents inline = test.containsKey("host") && test.get("host").flag() ? onHost(test) : inPod(test);
        for (YamlValue event : test.get("events").list()) {
            inline.event(event);
        }
        if (inline.events.size() == 0) {
            throw test.get("events").error("there are no events");
        }
        return inline;
    }

    private static InlineEvents onHost(Map<String, YamlValue> test) {
        for (String key : List.of("pod", "container")) {
            if (test.containsKey(key)) {
                throw test.get(key).error("a process of the host is in no " + key);
            }
        }
        return new InlineEvents("", null, "node-1");
    }

    private static InlineEvents inPod(Map<String, YamlValue> test) {
        Map<String, YamlValue> pod = test.containsKey("pod") ? test.get("pod").keys(POD_KEYS) : Map.of();
        Map<String, YamlValue> container =
                test.containsKey("container") ? test.get("container").keys(CONTAINER_KEYS) : Map.of();
        String name = text(pod, "name", "test");
        String[] workload = text(pod, "workload", "Pod/" + name).split("/", -1);
        if (workload.length != 2 || workload[0].isBlank() || workload[1].isBlank()) {
            throw pod.get("workload").error("expected kind/name, such as Deployment/orders");
        }
        String id = text(container, "id", "0123456789abcdef".repeat(4));
        Map<String, String> labels = pod.containsKey("labels") ? pod.get("labels").texts() : new HashMap<>();
        String node = text(pod, "node", "node-1");
        return new InlineEvents(id,
                new PodMetadata("test", text(pod, "uid", "00000000-0000-4000-8000-000000000001"),
                        text(pod, "namespace", "default"), name, node, workload[0], workload[1], "default", labels,
                        List.of(new ContainerMetadata(id, text(container, "name", "test"),
                                text(container, "image", "test:latest"), text(container, "digest", ""),
                                container.containsKey("privileged") && container.get("privileged").flag(), 0L)),
                        false, (START - HOUR) / 1_000_000, false, false, false),
                node);
    }

    private static String text(Map<String, YamlValue> keys, String key, String fallback) {
        return keys.containsKey(key) ? keys.get(key).text() : fallback;
    }

    private void event(YamlValue value) {
        Map<String, YamlValue> keys = value.keys(EVENT_KEYS);
        List<String> kinds = List.of("exec", "open", "connect").stream().filter(keys::containsKey).toList();
        if (kinds.size() != 1) {
            throw value.error("expected one of exec, open, connect");
        }
        switch (kinds.get(0)) {
            case "exec" -> {
                only(keys, Set.of("exec", "parent"));
                processes.started(keys.get("exec"), keys.get("parent")).addTo(events, time, containerId, false);
            }
            case "open" -> open(value, keys);
            default -> connect(value, keys);
        }
        time += SECOND;
    }

    private void open(YamlValue value, Map<String, YamlValue> keys) {
        only(keys, Set.of("open", "process", "parent", "flags", "mode", "result"));
        int flags = keys.containsKey("flags") ? SystemCalls.openFlags(keys.get("flags")) : 0;
        int mode = keys.containsKey("mode") ? SystemCalls.octal(keys.get("mode")) : 0;
        int result = keys.containsKey("result") ? SystemCalls.result(keys.get("result")) : OPENED;
        events.addOpen(time, actor(value, keys), keys.get("open").text(), flags, mode, result, 0);
    }

    private void connect(YamlValue value, Map<String, YamlValue> keys) {
        only(keys, Set.of("connect", "process", "parent", "result"));
        int result = keys.containsKey("result") ? SystemCalls.result(keys.get("result")) : 0;
        YamlValue to = keys.get("connect");
        int actor = actor(value, keys);
        if (to.text().startsWith("/") || to.text().startsWith("@")) {
            events.addConnect(time, actor, AF_UNIX, to.text(), 0, result, 0);
        } else {
            SystemCalls.Peer peer = SystemCalls.peer(to);
            events.addConnect(time, actor, peer.isV6() ? AF_INET6 : AF_INET, peer.ip(), peer.port(), result, 0);
        }
    }

    private int actor(YamlValue event, Map<String, YamlValue> keys) {
        if (!keys.containsKey("process")) {
            throw event.error("the event has no process; expected process: COMMAND, or the name of one before");
        }
        return processes.running(keys.get("process"), keys.get("parent")).indexIn(events, containerId);
    }

    private static void only(Map<String, YamlValue> keys, Set<String> allowed) {
        keys.forEach((key, value) -> {
            if (!allowed.contains(key)) {
                throw value.error(key + " does not belong to this kind of event; expected "
                        + String.join(", ", allowed.stream().sorted().toList()));
            }
        });
    }

    @Override
    public void show(RuleTrial trial) {
        if (pod != null) {
            trial.metadata(pod);
        }
        try {
            if (before.size() > 0) {
                trial.batch(finished(before.build(), 0));
            }
            trial.batch(finished(events.build(), 1));
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("a batch of our own is well formed", e);
        }
    }

    private EventBatch finished(EventBatch batch, long sequence) {
        batch.setCluster("test");
        batch.setNode(node);
        batch.setBootId("test");
        batch.setEpoch(START / 1_000_000);
        batch.setNodeSequence(sequence);
        batch.setPodSequence(sequence);
        batch.setPodUid(pod == null ? "" : pod.getUid());
        return batch;
    }

    @Override
    public long from() {
        return START;
    }
}
