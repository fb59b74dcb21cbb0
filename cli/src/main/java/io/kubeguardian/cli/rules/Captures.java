package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.detection.RuleTrial;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Capture files, as the sensor recorded them, one after the other. */
record Captures(List<Path> files) implements Evidence {
    @FunctionalInterface
    private interface Taker {
        void take(Object record) throws MalformedRecordException;
    }

    @Override
    public void show(RuleTrial trial) {
        try {
            // Where a pod's name comes after its first events, the job waits for it: here it is told first.
            Set<String> named = new HashSet<>();
            read(record -> {
                if (record instanceof PodMetadata pod && named.add(pod.getUid())) {
                    trial.metadata(pod);
                }
            }).forEach(cut -> System.err.println("warning: " + cut));
            boolean[] any = {false};
            read(record -> {
                if (record instanceof PodMetadata pod) {
                    trial.metadata(pod);
                } else {
                    EventBatch batch = (EventBatch) record;
                    trial.batch(batch);
                    any[0] |= BatchEvents.count(batch) > 0;
                }
            });
            if (!any[0]) {
                throw new UserError(Texts.line(files.get(0) + ": the capture holds no events"));
            }
        } catch (IOException | MalformedRecordException e) {
            throw new UserError(Texts.line(e.getMessage()), e);
        }
    }

    /** @return what is wrong with the files' ends, a line each */
    private List<String> read(Taker taker) throws IOException, MalformedRecordException {
        List<String> cut = new ArrayList<>();
        for (Path file : files) {
            try (CaptureFile.Reader reader = new CaptureFile.Reader(file)) {
                for (CaptureEntry entry = reader.next(); entry != null; entry = reader.next()) {
                    taker.take(entry.getRecord());
                }
                if (!reader.cut().isEmpty()) {
                    cut.add(reader.cut());
                }
            }
        }
        return cut;
    }

    @Override
    public long from() {
        return Long.MIN_VALUE;
    }
}
