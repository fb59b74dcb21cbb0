package io.kubeguardian.collector;

import io.kubeguardian.collector.ffm.MappedFiles;
import io.kubeguardian.collector.ffm.NativeException;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives back, once the collector runs and now and then, what only its start needed of mapped files. For one thread. */
final class FilePages {
    /** By then all that runs often has run. */
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMinutes(10);
    private static final Logger LOG = LoggerFactory.getLogger(FilePages.class);

    private long due = System.nanoTime() + START.toNanos();

    /** May be called as often as one likes. */
    void tidy() {
        long now = System.nanoTime();
        if (now - due < 0) {
            return;
        }
        due = now + PAUSE.toNanos();
        try {
            LOG.debug("event=file-pages-released bytes={}", MappedFiles.release());
        } catch (IOException | NativeException e) {
            due = now + Long.MAX_VALUE / 2; // it would be the same again
            LOG.info("event=file-pages-kept consequence=\"some megabytes more\" error=\"{}\"", e.getMessage());
        }
    }
}
