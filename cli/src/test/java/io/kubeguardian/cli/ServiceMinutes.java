package io.kubeguardian.cli;

import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.PodMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Captures of a small server, in windows of ten seconds: as it always is, and attacked in one of them. */
public final class ServiceMinutes {
    public static final String POD_UID = "6d4cf56d-2222-4000-8000-000000000001";
    private static final String CONTAINER = "c".repeat(64);
    private static final long START_MILLIS = 1_790_000_000_000L;
    private static final long WINDOW_NANOS = 10_000_000_000L;

    private ServiceMinutes() {}

    /** A configuration with such windows. @param more of it, YAML */
    public static Path config(Path folder, String more) throws IOException {
        return Files.writeString(folder.resolve("kubeguardian.yaml"),
                "models: {windowSeconds: 10, lateSeconds: 0, leastWindows: 5}\n" + more);
    }

    /** @param attacked number of the window with the attack; -1: none */
    public static Path capture(Path file, long seed, int windows, int attacked) throws IOException {
        Random random = new Random(seed);
        try (CaptureFile.Writer writer = new CaptureFile.Writer(file)) {
            writer.write(new PodMetadata("prod", POD_UID, "shop", "orders-1", "node-1", "Deployment", "orders", "default",
                    Map.of("app", "orders"),
                    List.of(new ContainerMetadata(CONTAINER, "orders", "shop/orders:1.2", "", false, 0L)), false,
                    START_MILLIS - 1000, false, false, false));
            for (int i = 0; i < windows; i++) {
                long time = START_MILLIS * 1_000_000 + i * WINDOW_NANOS + 1_000_000;
                writer.write(finish(i == attacked ? attack(time) : normal(time, random), i));
            }
        }
        return file;
    }

    private static EventBatchBuilder normal(long time, Random random) {
        EventBatchBuilder batch = new EventBatchBuilder();
        int server = batch.process(100, 1, 5_000L, CONTAINER, "orders", 1000, 1000);
        int requests = 5 + random.nextInt(6);
        for (int i = 0; i < requests; i++) {
            batch.addOpen(time + i * 1_000_000L, server, "/srv/data/" + random.nextInt(20), 0, 0, 3, 0);
            batch.addConnect(time + i * 1_000_000L + 100_000, server, 2, "10.0.0.5", 5432, 0, 0);
        }
        return batch;
    }

    /** Forty dropped programs, each of which connects to 203.0.113.0 to .39. */
    private static EventBatchBuilder attack(long time) {
        EventBatchBuilder batch = new EventBatchBuilder();
        for (int i = 0; i < 40; i++) {
            long at = time + i * 1_000_000L;
            int shell = batch.process(300 + i, 20 + i, 90_000L + i, CONTAINER, "sh", 0, 0);
            batch.addExec(at + 1000, shell, 100, 5_000L, "/tmp/x" + i, List.of("x"), "/tmp", EventBits.EXEC_UPPER_LAYER);
            batch.addConnect(at + 2000, shell, 2, "203.0.113." + i, 4444, -111, 0);
            batch.addExit(at + 3000, shell, 256);
        }
        return batch;
    }

    private static EventBatch finish(EventBatchBuilder builder, long sequence) {
        EventBatch batch = builder.build();
        batch.setCluster("prod");
        batch.setNode("node-1");
        batch.setBootId("b".repeat(36));
        batch.setEpoch(START_MILLIS);
        batch.setNodeSequence(sequence);
        batch.setPodSequence(sequence);
        batch.setPodUid(POD_UID);
        return batch;
    }
}
