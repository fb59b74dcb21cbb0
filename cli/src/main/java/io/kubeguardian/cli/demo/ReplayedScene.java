package io.kubeguardian.cli.demo;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.Stack;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The story as the sensor once recorded it, at its own pace; all times are moved to now. */
final class ReplayedScene implements Scene {
    private final PodMetadata metadata;
    private final List<EventBatch> normal;
    private final List<EventBatch> attack;
    private EventPublisher publisher;
    private long shift;

    /** @param folder holds {@code normal.avro} and {@code attack.avro}, as {@code demo --record} writes them */
    ReplayedScene(Path folder) {
        List<PodMetadata> pods = new ArrayList<>();
        normal = read(folder.resolve("normal.avro"), pods);
        attack = read(folder.resolve("attack.avro"), pods);
        if (pods.isEmpty() || normal.isEmpty() || attack.isEmpty()) {
            throw new UserError(folder + ": the capture holds no whole story");
        }
        metadata = pods.getFirst();
    }

    private static List<EventBatch> read(Path file, List<PodMetadata> pods) {
        List<EventBatch> batches = new ArrayList<>();
        try (CaptureFile.Reader reader = new CaptureFile.Reader(file)) {
            for (CaptureEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (entry.getRecord() instanceof PodMetadata pod) {
                    pods.add(pod);
                } else {
                    batches.add((EventBatch) entry.getRecord());
                }
            }
        } catch (IOException | MalformedRecordException e) {
            throw new UserError(e.getMessage(), e);
        }
        return batches;
    }

    @Override
    public DemoWorkload workload() {
        return DemoWorkload.of(metadata);
    }

    @Override
    public PodMetadata metadata() {
        return metadata;
    }

    @Override
    public void begin(Stack stack) {
        publisher = new EventPublisher(stack.kafkaClient());
        metadata.setUpdatedAt(System.currentTimeMillis());
        publisher.send(metadata);
        shift = Timeline.nanosNow() - normal.getFirst().getBaseTime();
    }

    @Override
    public void behaveNormally() {
        play(normal);
    }

    @Override
    public void attack(Screen screen) {
        screen.step("attacker: as recorded");
        play(attack);
    }

    private void play(List<EventBatch> batches) {
        for (EventBatch batch : batches) {
            batch.setBaseTime(batch.getBaseTime() + shift);
            long ahead = batch.getBaseTime() - Timeline.nanosNow();
            if (ahead > 0) {
                Interrupted.sleep(Duration.ofNanos(ahead));
            }
            publisher.send(batch);
        }
    }

    @Override
    public void close() {
        if (publisher != null) {
            publisher.close();
        }
    }
}
