package io.kubeguardian.collector;

import io.kubeguardian.collector.ffm.MappedFiles;
import io.kubeguardian.collector.ffm.NativeException;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives back, once the collector runs, what only its start needed. For one thread. */
final class StartMemory {
    /** By then all that runs often has run. */
    private static final Duration START = Duration.ofSeconds(15);
    private static final Logger LOG = LoggerFactory.getLogger(StartMemory.class);

    private final long due = System.nanoTime() + START.toNanos();
    private boolean tidied;

    /** May be called as often as one likes. */
    void tidy() {
        if (tidied || System.nanoTime() - due < 0) {
            return;
        }
        tidied = true;
        try {
            LOG.debug("event=start-memory-released bytes={}", MappedFiles.release());
        } catch (IOException | NativeException e) {
            LOG.info("event=start-memory-kept consequence=\"some megabytes more\" error=\"{}\"", e.getMessage());
        }
    }
}
