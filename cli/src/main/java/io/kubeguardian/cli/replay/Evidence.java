package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalFile;
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
 * @param foreignAlerts of other sensors
 * @param from time of the first event, ISO 8601; empty without any
 */
record Evidence(List<String> captures, long events, long foreignAlerts, int pods, String from, String to) {
    /**
     * Reads all captures once: a broken one is told before anything is run.
     *
     * @param given what they are called
     */
    static Evidence of(List<Path> captures, List<Path> given) {
        Reading reading = new Reading();
        for (Path capture : captures) {
            try {
                if (SignalFile.is(capture)) {
                    reading.signals(capture);
                } else {
                    reading.capture(capture);
                }
            } catch (NoSuchFileException | java.io.FileNotFoundException e) {
                throw new UserError(capture + ": no such file", e);
            } catch (IOException | MalformedRecordException e) {
                throw new UserError(e.getMessage(), e);
            }
        }
        boolean empty = reading.first > reading.last;
        return new Evidence(given.stream().map(Path::toString).toList(), reading.events, reading.alerts, reading.pods.size(),
                empty ? "" : Instant.ofEpochSecond(0, reading.first).toString(),
                empty ? "" : Instant.ofEpochSecond(0, reading.last).toString());
    }

    private static final class Reading {
        long events;
        long alerts;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        final Set<String> pods = new HashSet<>();

        void capture(Path file) throws IOException, MalformedRecordException {
            try (CaptureFile.Reader reader = new CaptureFile.Reader(file)) {
                for (CaptureEntry entry = reader.next(); entry != null; entry = reader.next()) {
                    if (entry.getRecord() instanceof EventBatch batch && BatchEvents.count(batch) > 0) {
                        events += BatchEvents.count(batch);
                        seen(batch.getBaseTime(), Keys.events(batch));
                    }
                }
                if (!reader.cut().isEmpty()) {
                    System.err.println("warning: " + reader.cut());
                }
            }
        }

        void signals(Path file) throws IOException, MalformedRecordException {
            try (SignalFile.Reader reader = new SignalFile.Reader(file)) {
                for (Signal signal = reader.next(); signal != null; signal = reader.next()) {
                    alerts++;
                    seen(signal.getEventTime(), Keys.events(signal.getPod().getUid(), signal.getPod().getNode()));
                }
            }
        }

        private void seen(long time, String pod) {
            first = Math.min(first, time);
            last = Math.max(last, time);
            pods.add(pod);
        }
    }
}
