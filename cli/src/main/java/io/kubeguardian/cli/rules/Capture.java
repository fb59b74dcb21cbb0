package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.detection.RuleTrial;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** A capture file, as the sensor recorded it. */
record Capture(Path file) implements Evidence {
    @Override
    public void show(RuleTrial trial) {
        try {
            firstMetadata(trial);
            try (CaptureFile.Reader reader = new CaptureFile.Reader(file)) {
                for (CaptureEntry entry = reader.next(); entry != null; entry = reader.next()) {
                    if (entry.getRecord() instanceof PodMetadata pod) {
                        trial.metadata(pod);
                    } else {
                        trial.batch((EventBatch) entry.getRecord());
                    }
                }
            }
        } catch (IOException | MalformedRecordException e) {
            throw new UserError(Texts.line(e.getMessage()), e);
        }
    }

    /** Where a pod's name comes after its first events, the job waits for it: here it is told first. */
    private void firstMetadata(RuleTrial trial) throws IOException, MalformedRecordException {
        Set<String> known = new HashSet<>();
        try (CaptureFile.Reader reader = new CaptureFile.Reader(file)) {
            for (CaptureEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (entry.getRecord() instanceof PodMetadata pod && known.add(pod.getUid())) {
                    trial.metadata(pod);
                }
            }
        }
    }

    @Override
    public long from() {
        return Long.MIN_VALUE;
    }
}
