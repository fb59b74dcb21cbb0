package io.kubeguardian.benchmarks;

import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** For each number an attack on a workload of its own: three signals and their incident, at a steady rate. */
final class PacedStories extends ProcessFunction<Long, Incident> {
    private static final long serialVersionUID = 1L;

    static final OutputTag<Signal> SIGNALS = new OutputTag<>("signals", Types.SIGNAL);

    private final double perSecond;
    private long start;

    PacedStories(double perSecond) {
        this.perSecond = perSecond;
    }

    @Override
    public void processElement(Long number, Context context, Collector<Incident> out) {
        if (start == 0) {
            start = System.nanoTime() - (long) (number * 1e9 / perSecond);
        }
        long due = start + (long) (number * 1e9 / perSecond);
        while (System.nanoTime() < due) {
            LockSupport.parkNanos(due - System.nanoTime());
        }
        long now = System.currentTimeMillis() * 1_000_000;
        String name = "workload-" + number;
        WorkloadRef workload = new WorkloadRef("prod", "shop-" + number % 20, "Deployment", name);
        PodRef pod = new PodRef(String.format("00000000-0000-4000-8000-%012x", number), workload.getNamespace(), name + "-1",
                "node-" + number % 50, true);
        List<Signal> signals = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Signal signal = Signal.newBuilder().setId(name + '-' + i).setKind(SignalKind.RULE).setRule("step " + i)
                    .setPriority(Priority.CRITICAL).setTags(new ArrayList<>()).setTechniques(new ArrayList<>())
                    .setEventTime(now + i).setDetectedTime(now).setWorkload(workload).setPod(pod)
                    .setContainerId("c".repeat(64)).setImage("shop/orders:" + number % 100).setOutput("a step of a story")
                    .setOutputFields(new HashMap<>()).setUnmapped(new HashMap<>())
                    .setCompleteness(new Completeness(true, 0L, 0L)).build();
            signals.add(signal);
            context.output(SIGNALS, signal);
        }
        out.collect(Incident.newBuilder().setId("incident-" + number).setPattern("story").setTitle("A story")
                .setPriority(Priority.CRITICAL).setWorkload(workload).setPod(pod).setFirstEventTime(now)
                .setLastEventTime(now + 2).setDetectedTime(now).setSignals(signals)
                .setCompleteness(new Completeness(true, 0L, 0L)).build());
    }
}
