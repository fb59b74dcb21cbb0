package io.kubeguardian.detection;

import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.PodMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What happens in the demo, as hand-built batches: a service behaves normally, then it is attacked. */
final class Story {
    static final String POD_UID = "6d4cf56d-0000-4000-8000-000000000001";
    static final String CONTAINER = "c".repeat(64);
    static final String BOOT = "b".repeat(36);
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000 * MILLI;
    static final long SERVER_START = 5_000L;

    /** Nanoseconds since the Unix epoch. */
    final long start;
    final long attack;
    private long sequence;

    Story(long startMillis) {
        start = startMillis * MILLI;
        attack = start + 180 * SECOND;
    }

    static DetectionSettings settings() {
        return settings(200);
    }

    static DetectionSettings settings(int disorderMillis) {
        return settings(disorderMillis, 1000);
    }

    static DetectionSettings settings(int disorderMillis, int processesInMemory) {
        return new DetectionSettings(
                List.of(), List.of(), 1, "", disorderMillis, 3000, 256, processesInMemory, 60, 30, 100, 3600, 80, 900, List.of(),
                List.of(), 100, 3600, 900);
    }

    PodMetadata pod() {
        return new PodMetadata("prod", POD_UID, "shop", "orders-1", "node-1", "Deployment", "orders", "default",
                Map.of("app", "orders"),
                List.of(new ContainerMetadata(CONTAINER, "orders", "shop/orders:1.2", "", false, 0L)), false,
                start / MILLI - 1000, false, false, false);
    }

    List<EventBatch> normal() {
        List<EventBatch> batches = new ArrayList<>();
        EventBatchBuilder first = new EventBatchBuilder();
        first.addExec(start, server(first), 1, 1L, "/srv/orders", List.of("orders", "--port", "80"), "/srv",
                EventBits.EXEC_FOUND_RUNNING);
        first.addConnect(start + MILLI, server(first), 2, "10.0.0.5", 5432, 0, 0);
        batches.add(finish(first));
        for (int i = 1; i <= 4; i++) {
            EventBatchBuilder batch = new EventBatchBuilder();
            long time = start + i * 30 * SECOND;
            batch.addOpen(time, server(batch), "/srv/config", 0, 0, 3, 0);
            batch.addConnect(time + MILLI, server(batch), 2, "10.0.0.5", 5432, 0, 0);
            batches.add(finish(batch));
        }
        return batches;
    }

    /** Four batches within 150 ms: shell, token, dropped program, connection. */
    List<EventBatch> attack() {
        EventBatchBuilder shell = new EventBatchBuilder();
        shell.addFork(attack, server(shell), 200, 20, 9_000L);
        shell.addExec(attack + MILLI, process(shell, 200, 9_000L, "sh"), 100, SERVER_START, "/bin/sh",
                List.of("sh", "-c", "id"), "/srv", 0);

        EventBatchBuilder token = new EventBatchBuilder();
        long time = attack + 50 * MILLI;
        token.addFork(time, process(token, 200, 9_000L, "sh"), 201, 21, 9_100L);
        int cat = process(token, 201, 9_100L, "cat");
        token.addExec(time + MILLI, cat, 200, 9_000L, "/bin/cat", List.of("cat"), "/srv", 0);
        token.addOpen(time + 2 * MILLI, cat, "/var/run/secrets/kubernetes.io/serviceaccount/token", 0, 0, 3, 0);
        token.addExit(time + 3 * MILLI, cat, 0);

        EventBatchBuilder dropped = new EventBatchBuilder();
        time = attack + 100 * MILLI;
        dropped.addFork(time, process(dropped, 200, 9_000L, "sh"), 202, 22, 9_200L);
        dropped.addExec(time + MILLI, process(dropped, 202, 9_200L, ".x"), 200, 9_000L, "/tmp/.x",
                List.of("/tmp/.x"), "/tmp", EventBits.EXEC_UPPER_LAYER);

        EventBatchBuilder home = new EventBatchBuilder();
        home.addConnect(attack + 150 * MILLI, process(home, 202, 9_200L, ".x"), 2, "203.0.113.9", 4444, -115, 0);
        return List.of(finish(shell), finish(token), finish(dropped), finish(home));
    }

    EventBatch finish(EventBatchBuilder builder) {
        EventBatch batch = builder.build();
        batch.setCluster("prod");
        batch.setNode("node-1");
        batch.setBootId(BOOT);
        batch.setEpoch(1_790_000_000_000L);
        batch.setNodeSequence(sequence);
        batch.setPodSequence(sequence++);
        batch.setPodUid(POD_UID);
        return batch;
    }

    static int server(EventBatchBuilder batch) {
        return process(batch, 100, SERVER_START, "orders");
    }

    static int process(EventBatchBuilder batch, int pid, long startTime, String comm) {
        return batch.process(pid, pid - 99, startTime, CONTAINER, comm, 1000, 1000);
    }
}
