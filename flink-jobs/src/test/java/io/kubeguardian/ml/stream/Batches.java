package io.kubeguardian.ml.stream;

import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.SyscallCounts;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Real batches of a small server's minutes: as it always is, and under attack. */
public final class Batches {
    public static final String POD = "6d4cf56d-0000-4000-8000-0000000000aa";
    public static final WorkloadRef WORKLOAD = new WorkloadRef("prod", "shop", "Deployment", "orders");
    private static final String CONTAINER = "c".repeat(64);

    private final Random random;
    private long sequence;

    public Batches(long seed) {
        random = new Random(seed);
    }

    public static PodMetadata pod(long millis) {
        return new PodMetadata("prod", POD, "shop", "orders-1", "node-1", "Deployment", "orders", "default",
                Map.of("app", "orders"),
                List.of(new ContainerMetadata(CONTAINER, "orders", "shop/orders:1.2", "", false, 0L)), false, millis,
                false, false, false);
    }

    /** @param time nanoseconds since the Unix epoch */
    public EventBatch normal(long time) {
        EventBatchBuilder batch = new EventBatchBuilder();
        int server = batch.process(100, 1, 5_000L, CONTAINER, "orders", 1000, 1000);
        int requests = 5 + random.nextInt(6);
        for (int i = 0; i < requests; i++) {
            long at = time + i * 1_000_000L;
            batch.addOpen(at, server, "/srv/data/" + random.nextInt(20), 0, 0, 3, 0);
            batch.addConnect(at + 100_000, server, 2, "10.0.0.5", 5432, 0, 0);
        }
        return finish(batch, time, Map.of("read", 400L + random.nextInt(200), "write", 200L + random.nextInt(100),
                "openat", (long) requests, "epoll_wait", 300L + random.nextInt(100)));
    }

    /** @param time nanoseconds since the Unix epoch */
    public EventBatch attack(long time) {
        EventBatchBuilder batch = new EventBatchBuilder();
        for (int i = 0; i < 40; i++) {
            long at = time + i * 1_000_000L;
            int shell = batch.process(300 + i, 20 + i, 90_000L + i, CONTAINER, "sh", 0, 0);
            batch.addFork(at, batch.process(100, 1, 5_000L, CONTAINER, "orders", 1000, 1000), 300 + i, 20 + i, 90_000L + i);
            batch.addExec(at + 1000, shell, 100, 5_000L, "/tmp/x" + i, List.of("x"), "/tmp", EventBits.EXEC_UPPER_LAYER);
            batch.addConnect(at + 2000, shell, 2, "203.0.113." + i, 4444, -111, 0);
            batch.addExit(at + 3000, shell, 256);
        }
        return finish(batch, time, Map.of("ptrace", 900L, "socket", 400L, "execve", 40L, "read", 30L));
    }

    private EventBatch finish(EventBatchBuilder builder, long time, Map<String, Long> counts) {
        EventBatch batch = builder.build();
        List<String> strings = new ArrayList<>(batch.getStrings());
        List<Integer> calls = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        new TreeMap<>(counts).forEach((name, count) -> {
            strings.add(name);
            calls.add(strings.size() - 1);
            numbers.add(count);
        });
        batch.setStrings(strings);
        batch.setSyscallCounts(new ArrayList<>(List.of(
                new SyscallCounts(time - batch.getBaseTime(), 0, 10_000_000_000L, calls, numbers))));
        batch.setCluster("prod");
        batch.setNode("node-1");
        batch.setBootId("b".repeat(36));
        batch.setEpoch(1_790_000_000_000L);
        batch.setNodeSequence(sequence);
        batch.setPodSequence(sequence++);
        batch.setPodUid(POD);
        return batch;
    }

    static BatchUse use(EventBatch batch) {
        return new BatchUse(batch, WORKLOAD, new PodRef(POD, "shop", "orders-1", "node-1", true),
                new Completeness(true, 0L, 0L));
    }
}
