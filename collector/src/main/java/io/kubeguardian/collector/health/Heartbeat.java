package io.kubeguardian.collector.health;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does the collector's chores often, and tells of its health at an interval and at once on demand. */
public final class Heartbeat implements AutoCloseable {
    private static final long CHORE_MILLIS = 200;
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private final Semaphore wanted = new Semaphore(0);
    private volatile boolean closing;
    private Thread thread;

    /**
     * @param chores every {@value #CHORE_MILLIS} ms
     * @param report every so many seconds, and after {@link #reportNow()}
     */
    public void start(Runnable chores, Runnable report, int seconds) {
        thread = Thread.ofPlatform().name("kg-health").start(() -> run(chores, report, seconds * 1_000_000_000L));
    }

    /** Never blocks. */
    public void reportNow() {
        wanted.release();
    }

    private void run(Runnable chores, Runnable report, long interval) {
        long next = System.nanoTime();
        while (!closing) {
            try {
                boolean atOnce = wanted.tryAcquire(CHORE_MILLIS, TimeUnit.MILLISECONDS);
                wanted.drainPermits();
                chores.run();
                long now = System.nanoTime();
                if (atOnce || now - next >= 0) {
                    report.run();
                    next = now + interval;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.error("event=heartbeat-failed", e);
            }
        }
    }

    /** Also ends a report that waits for Kafka. */
    @Override
    public void close() {
        closing = true;
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
