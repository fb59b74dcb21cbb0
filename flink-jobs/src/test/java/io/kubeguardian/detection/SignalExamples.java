package io.kubeguardian.detection;

import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Signals and incidents of one workload, for tests behind the detect operator. */
public final class SignalExamples {
    /** Milliseconds since the Unix epoch. */
    public static final long START = 1_790_000_000_000L;

    private SignalExamples() {}

    public static DetectionSettings settings() {
        return Story.settings();
    }

    public static Signal rule(String rule, Priority priority, long millis) {
        ProcessRef shell = new ProcessRef(Story.BOOT, 200, 9_000L, "sh", "/bin/sh", List.of("sh", "-c", "id \"x\""),
                1000, Story.CONTAINER);
        ProcessRef server = new ProcessRef(Story.BOOT, 100, 5_000L, "orders", "/srv/orders", List.of("orders"), 1000,
                Story.CONTAINER);
        return new Signal(rule + '-' + millis, SignalKind.RULE, rule, priority, new ArrayList<>(List.of("container")),
                new ArrayList<>(List.of("T1059.004")), (START + millis) * 1_000_000, (START + millis) * 1_000_000 + 5,
                new WorkloadRef("prod", "shop", "Deployment", "orders"),
                new PodRef(Story.POD_UID, "shop", "orders-1", "node-1", true), Story.CONTAINER, "shop/orders:1.2",
                shell, new ArrayList<>(List.of(server)), "a shell", new HashMap<>(Map.of("proc.name", "sh")),
                new Completeness(true, 0L, 0L), "", new HashMap<>(), 0.0, List.of());
    }

    public static Incident incident(long millis) {
        Signal signal = rule("step", Priority.WARNING, millis);
        return Incident.newBuilder().setId("incident-" + millis).setPattern("story").setTitle("A story")
                .setDescription("Told in one sentence.").setPriority(Priority.CRITICAL)
                .setTechniques(new ArrayList<>(List.of("T1105"))).setWorkload(signal.getWorkload())
                .setPod(signal.getPod()).setFirstEventTime(signal.getEventTime())
                .setLastEventTime(signal.getEventTime()).setDetectedTime(signal.getDetectedTime())
                .setSignals(new ArrayList<>(List.of(signal))).setCompleteness(new Completeness(true, 0L, 0L)).build();
    }
}
