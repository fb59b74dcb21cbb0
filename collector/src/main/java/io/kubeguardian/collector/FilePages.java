package io.kubeguardian.collector;

import io.kubeguardian.collector.ffm.MappedFiles;
import io.kubeguardian.collector.ffm.NativeException;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives back, once the collector runs and now and then, what only its start needed of mapped files. For one thread. */
final class FilePages {
    /** By then the start is over; the compiler goes on for some minutes. So each pause is twice the one before. */
    private static final Duration FIRST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Logger LOG = LoggerFactory.getLogger(FilePages.class);

    private long pause = FIRST.toNanos();
    private long due = System.nanoTime() + pause;

    /** May be called as often as one likes. */
    void tidy() {
        long now = System.nanoTime();
        if (now - due < 0) {
            return;
        }
        due = now + pause;
        pause = Math.min(2 * pause, LONGEST.toNanos());
        try {
            LOG.debug("event=file-pages-released bytes={}", MappedFiles.release());
        } catch (IOException | NativeException e) {
            due = now + Long.MAX_VALUE / 2; // it would be the same again
            LOG.info("event=file-pages-kept consequence=\"some megabytes more\" error=\"{}\"", e.getMessage());
        }
    }
}
