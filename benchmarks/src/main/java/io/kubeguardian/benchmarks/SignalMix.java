package io.kubeguardian.benchmarks;

import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Signals of a noisy cluster, without end: 1,000 pods on 50 nodes, 10,000 signals in a second of event time, any order
 * within 200 ms. Of 10,000 signals 9,000 are of 200 rules that no pattern asks for, 996 of rules that patterns ask for
 * (400 of them drift, the others one rule a pod, always the same: noise, not an attack), and 4 are an attack that
 * completes a pattern in one pod.
 */
final class SignalMix {
    static final int PER_SECOND = 10_000;
    static final long START_MILLIS = 1_790_000_000_000L;

    private static final int PODS = 1_000;
    private static final int NODES = 50;
    private static final int DISORDER_MILLIS = 200;
    private static final List<String> ATTACK = List.of("Shell spawned by a server process",
            "Service account token read by an unexpected program", "Program run from a temporary or writable place",
            "drift.connect");
    private static final String CONTAINER = "c".repeat(64);
    private static final Completeness COMPLETE = new Completeness(true, 0L, 0L);

    private final Random random = new Random(42);
    private final List<String> asked;
    private final List<String> others = new ArrayList<>();
    private final List<PodRef> pods = new ArrayList<>();
    private final List<WorkloadRef> workloads = new ArrayList<>();
    private final List<ProcessRef> processes = new ArrayList<>();
    private final ProcessRef server = new ProcessRef("b".repeat(36), 100, 5_000L, "orders", "/srv/orders",
            List.of("orders", "--port", "80"), 1000, "c".repeat(64));
    private long number;
    private int attacked;

    /** @param asked rules that patterns ask for */
    SignalMix(List<String> asked) {
        this.asked = asked.stream().filter(rule -> !ATTACK.contains(rule) && !rule.startsWith("drift.")
                && !rule.startsWith("gap.")).toList();
        for (int i = 0; i < 200; i++) {
            others.add("A rule that no pattern asks for, number " + i);
        }
        for (int i = 0; i < PODS; i++) {
            String namespace = "team-" + i % 20;
            pods.add(new PodRef("6d4cf56d-0000-4000-8000-" + String.format("%012d", i), namespace, "orders-" + i,
                    "node-" + i % NODES, true));
            workloads.add(new WorkloadRef("prod", namespace, "Deployment", "orders-" + i / 4));
            processes.add(new ProcessRef("b".repeat(36), 1000 + i, 9_000L, "sh", "/bin/sh", List.of("sh", "-c", "id"), 1000,
                    "c".repeat(64)));
        }
    }

    /** Event time that has come so far, and will not go back: milliseconds. */
    long watermark() {
        return START_MILLIS + number * 1000 / PER_SECOND - 1;
    }

    Signal next() {
        int place = (int) (number % PER_SECOND);
        if (place == 0) {
            attacked = random.nextInt(PODS);
        }
        int pod = random.nextInt(PODS);
        String rule;
        int dice = random.nextInt(1000);
        if (place % 2500 == 0) {
            rule = ATTACK.get(place / 2500);
            pod = attacked;
        } else if (dice < 900) {
            rule = others.get(dice % others.size());
        } else if (dice < 940) {
            rule = dice % 2 == 0 ? "drift.exec" : "drift.connect";
        } else {
            rule = asked.get(pod % asked.size());
        }
        long millis = START_MILLIS + number * 1000 / PER_SECOND + (place % 2500 == 0 ? 0 : random.nextInt(DISORDER_MILLIS));
        number++;
        return new Signal("s" + number, rule.startsWith("drift.") ? SignalKind.DRIFT : SignalKind.RULE, rule,
                Priority.WARNING, List.of("container", "execution"), List.of("T1059.004"), millis * 1_000_000,
                millis * 1_000_000, workloads.get(pod), pods.get(pod), CONTAINER, "shop/orders:1.2",
                processes.get(pod), List.of(server), "a sentence about it", Map.of("fd.rip", "203.0.113.9"), COMPLETE, "",
                Map.of(), 0.0, List.of());
    }
}
