package io.kubeguardian.cli.demo;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.PodMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Writes what the sensor sent in a live demo as the capture that {@link ReplayedScene} plays. */
final class Recorder {
    private Recorder() {}

    /**
     * @param attackAt when the attack began, nanoseconds since the Unix epoch: where the first file ends
     * @param until the last moment that is kept: what came after shows containment, which a replay cannot do
     */
    static void write(Path folder, PodMetadata pod, List<EventBatch> batches, long attackAt, long until) {
        List<EventBatch> ordered =
                batches.stream().sorted(Comparator.comparingLong(EventBatch::getPodSequence)).toList();
        try {
            Files.createDirectories(folder);
            try (CaptureFile.Writer normal = new CaptureFile.Writer(folder.resolve("normal.avro"));
                    CaptureFile.Writer attack = new CaptureFile.Writer(folder.resolve("attack.avro"))) {
                normal.write(pod);
                for (EventBatch batch : ordered) {
                    if (batch.getBaseTime() < attackAt) {
                        normal.write(batch);
                    } else if (batch.getBaseTime() <= until) {
                        attack.write(batch);
                    }
                }
            }
        } catch (IOException e) {
            throw new UserError(folder + ": cannot write the capture: " + e.getMessage(), e);
        }
    }
}
