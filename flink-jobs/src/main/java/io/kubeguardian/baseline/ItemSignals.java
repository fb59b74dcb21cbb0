package io.kubeguardian.baseline;

import io.kubeguardian.process.ProcessRefs;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What signals about an observed item have in common, whoever judges it. */
public final class ItemSignals {
    private static final int MAX_ITEM = 1024;

    private ItemSignals() {}

    /** With the item, its process and where it was; what it is a signal of is added by the caller. */
    public static Signal about(Observation observation, ObservedItem item, String rule) {
        Signal signal = empty(observation, item.time);
        signal.setRule(rule);
        signal.setContainerId(item.containerId);
        signal.setImage(item.imageName.isEmpty() ? item.image : item.imageName);
        String name = ProcessRefs.cut(item.item, MAX_ITEM);
        signal.setOutputFields(new HashMap<>(Map.of("kubeguardian.item", name, "kubeguardian.kind", item.kind)));
        if (!item.example.isEmpty()) {
            signal.getOutputFields().put("kubeguardian.example", ProcessRefs.cut(item.example, MAX_ITEM));
        }
        Object[] who = {"", 0, 0L};
        if (item.process >= 0) {
            ObservedProcess process = observation.processes.get(item.process);
            signal.setProcess(process.process);
            signal.setAncestors(process.ancestors);
            who = new Object[] {process.process.getBootId(), process.process.getPid(), process.process.getStartTime()};
        }
        signal.setId(Ids.of(rule + '|' + item.item, Keys.events(observation.pod.getUid(), observation.pod.getNode()),
                who[0], who[1], who[2], item.time));
        return signal;
    }

    static Signal empty(Observation observation, long time) {
        Signal signal = new Signal();
        signal.setTags(new ArrayList<>());
        signal.setTechniques(new ArrayList<>());
        signal.setAncestors(new ArrayList<>());
        signal.setEventTime(time);
        signal.setDetectedTime(observation.now);
        signal.setWorkload(observation.workload);
        signal.setPod(observation.pod);
        signal.setContainerId("");
        signal.setImage("");
        signal.setOutput("");
        signal.setCompleteness(observation.completeness);
        signal.setOrigin("");
        signal.setUnmapped(new HashMap<>());
        signal.setContributions(List.of());
        return signal;
    }

    /** ATT&CK techniques that something new of the kind may be part of. */
    public static List<String> techniques(ItemKind kind) {
        return switch (kind) {
            case EXEC, PARENT, ARGS -> List.of("T1059");
            case CONNECT -> List.of("T1071");
            case DNS -> List.of("T1071.004");
            case CAPABILITY -> List.of("T1548");
            default -> List.of();
        };
    }
}
