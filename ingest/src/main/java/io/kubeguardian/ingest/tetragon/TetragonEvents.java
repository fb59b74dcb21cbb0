package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.ingest.MalformedLineException;
import io.kubeguardian.ingest.NodeBatches;
import io.kubeguardian.ingest.Pods;
import io.kubeguardian.ingest.json.Bounds;
import io.kubeguardian.ingest.json.Fields;
import io.kubeguardian.schema.LossCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Lines of Tetragon's JSON export as events. Format: message GetEventsResponse of Tetragon's API
 * ({@code api/v1/tetragon/events.proto}) in protobuf's JSON mapping. Not thread safe.
 */
public final class TetragonEvents {
    private static final String PREFIX = "process_";
    private static final int LONGEST_NODE = 256;

    private final String ownNode;
    private final NodeBatches batches;
    private final Cast cast;

    /** @param ownNode for lines that name no node */
    public TetragonEvents(String cluster, String ownNode, NodeBatches batches, Pods pods, BootIds bootIds) {
        this.ownNode = ownNode;
        this.batches = batches;
        this.cast = new Cast(cluster, batches, pods, bootIds);
    }

    /**
     * Takes one line.
     *
     * @return the node that it is from; empty when it says nothing to keep
     */
    public String take(Fields line) throws MalformedLineException {
        String named = Bounds.cut(line.text("node_name"), LONGEST_NODE);
        String node = named.isEmpty() ? ownNode : named;
        String kind = kind(line);
        Fields event = line.object(kind);
        switch (kind) {
            case "rate_limit_info" -> dropped(node, event);
            case "process_throttle" -> throttled(node, event);
            case "test" -> {
                return "";
            }
            default -> event(node, kind, line, event);
        }
        return node;
    }

    /** The field that is the event. */
    private static String kind(Fields line) throws MalformedLineException {
        for (String name : line.names()) {
            boolean event = name.startsWith(PREFIX) || name.equals("rate_limit_info") || name.equals("test");
            if (event && line.object(name) != null) {
                return name;
            }
        }
        throw new MalformedLineException("no event: none of process_exec, process_exit, process_kprobe, …");
    }

    private void dropped(String node, Fields info) throws MalformedLineException {
        batches.lost(node, LossCause.OTHER, info.number("number_of_dropped_process_events", 0, 0, Long.MAX_VALUE));
    }

    /** From here on events of a cgroup are left out; how many is never told. */
    private void throttled(String node, Fields throttle) throws MalformedLineException {
        if (throttle.text("type").equals("THROTTLE_START")) {
            batches.lost(node, LossCause.OTHER, 1);
        }
    }

    private void event(String node, String kind, Fields line, Fields event) throws MalformedLineException {
        Fields actor = event.object("process");
        TetragonProcess process = TetragonProcess.of(actor);
        if (process == null) {
            throw new MalformedLineException(kind + ".process.exec_id is missing: who did it cannot be told");
        }
        List<TetragonProcess> ancestors = ancestors(event);
        long time = line.time("time");
        if (time == 0) {
            throw new MalformedLineException("time is missing");
        }
        Scene scene = cast.enter(node, time, process, ancestors, kind.equals("process_exec"));
        String hook = switch (kind) {
            case "process_exec" -> ProcessEvents.exec(scene, actor);
            case "process_exit" -> ProcessEvents.exit(scene, event);
            case "process_loader" -> ProcessEvents.load(scene, event);
            case "process_dns" -> ProcessEvents.dns(scene, event);
            case "process_kprobe" -> HookEvents.kprobe(scene, event);
            case "process_lsm" -> HookEvents.lsm(scene, event);
            case "process_tracepoint" -> HookEvents.tracepoint(scene, event);
            default -> "";
        };
        if (!kind.equals("process_exec")) {
            // Facts of the program, which stand beside its exec.
            actor.drop("cap", "ns", "process_credentials", "binary_properties", "in_init_tree", "user",
                    "environment_variables");
        }
        Map<String, String> rest = line.rest();
        if (!rest.isEmpty()) {
            scene.writer().foreign(hook.isEmpty() ? kind : kind + '/' + hook, rest);
        }
    }

    private static List<TetragonProcess> ancestors(Fields event) throws MalformedLineException {
        List<TetragonProcess> ancestors = new ArrayList<>();
        TetragonProcess parent = TetragonProcess.of(event.object("parent"));
        if (parent != null) {
            ancestors.add(parent);
            for (Fields fields : event.objects("ancestors")) {
                TetragonProcess ancestor = TetragonProcess.of(fields);
                if (ancestor != null) {
                    ancestors.add(ancestor);
                }
            }
        }
        event.drop("parent", "ancestors"); // what else is said of them stands beside their own events
        return ancestors;
    }

    /** Program runs remembered, for the metrics. */
    public int remembered() {
        return cast.size();
    }
}
