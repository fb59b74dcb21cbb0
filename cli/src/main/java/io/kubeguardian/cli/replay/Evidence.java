package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is replayed.
 *
 * @param from time of the first event, ISO 8601; empty without any
 */
record Evidence(List<String> captures, long events, int pods, String from, String to) {
    /** Reads all captures once: a broken one is told before anything is run. */
    static Evidence of(List<Path> captures) {
        long events = 0;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        Set<String> pods = new HashSet<>();
        for (Path capture : captures) {
            try (CaptureFile.Reader reader = new CaptureFile.Reader(capture)) {
                for (CaptureEntry entry = reader.next(); entry != null; entry = reader.next()) {
                    if (entry.getRecord() instanceof EventBatch batch) {
                        events += BatchEvents.count(batch);
                        first = Math.min(first, batch.getBaseTime());
                        last = Math.max(last, batch.getBaseTime());
                        pods.add(Keys.events(batch));
                    }
                }
            } catch (NoSuchFileException | java.io.FileNotFoundException e) {
                throw new UserError(capture + ": no such file", e);
            } catch (IOException | MalformedRecordException e) {
                throw new UserError(e.getMessage(), e);
            }
        }
        return new Evidence(captures.stream().map(Path::toString).toList(), events, pods.size(),
                events == 0 ? "" : Instant.ofEpochSecond(0, first).toString(),
                events == 0 ? "" : Instant.ofEpochSecond(0, last).toString());
    }
}
