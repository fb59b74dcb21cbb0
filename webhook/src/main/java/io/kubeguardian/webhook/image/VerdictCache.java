package io.kubeguardian.webhook.image;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of images, for a while. An image that is asked for while it is being looked up is not looked up again, and a
 * lookup goes on when nobody waits for it any more: the next request finds what it found.
 */
final class VerdictCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VerdictCache.class);

    /** Lookups that talk to registries at once; each may hold some megabytes. */
    private static final int MOST_AT_ONCE = 4;
    /** Lookups that go on or wait for others to end. */
    private static final int MOST_LOOKUPS = 256;

    private final Function<ImageReference, Verdict> lookup;
    private final Duration good;
    private final Duration bad;
    private final int limit;
    private final LongSupplier nanos;
    private final ImageMetrics metrics;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore turns = new Semaphore(MOST_AT_ONCE);
    private final LinkedHashMap<ImageReference, Known> known = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<ImageReference, Lookup> running = new HashMap<>();

    private record Known(Verdict verdict, long untilNanos) {}

    /**
     * A lookup that is over or goes on.
     *
     * @param begunNanos when it began, by the cache's clock
     */
    record Lookup(CompletableFuture<Verdict> result, long begunNanos) {
        private static Lookup over(Verdict verdict) {
            return new Lookup(CompletableFuture.completedFuture(verdict), 0);
        }

        /**
         * What it found; null when it has not yet. Who comes later waits less: a registry that is slow costs all who ask for
         * one image the budget together, and not each of them.
         *
         * @param deadline of the one who waits
         * @param budget from the lookup's begin
         */
        Verdict await(Deadline deadline, Duration budget, long nowNanos) {
            try {
                long left = budget.toNanos() - (nowNanos - begunNanos);
                return result.isDone() ? result.join()
                        : result.get(Math.max(0, Math.min(left, deadline.nanosLeft())), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e); // a lookup always ends with a verdict
            }
        }
    }

    /**
     * @param good how long a verdict counts when the image was verified
     * @param bad how long any other counts
     * @param limit most verdicts
     * @param nanos a clock that never goes back
     */
    VerdictCache(
            Function<ImageReference, Verdict> lookup, Duration good, Duration bad, int limit, LongSupplier nanos,
            ImageMetrics metrics) {
        this.lookup = lookup;
        this.good = good;
        this.bad = bad;
        this.limit = limit;
        this.nanos = nanos;
        this.metrics = metrics;
    }

    /** What is known, or will be: never waits. */
    synchronized Lookup get(ImageReference image) {
        Known before = known.get(image);
        if (before != null && before.untilNanos - nanos.getAsLong() > 0) {
            metrics.cache.labels("hit").inc();
            return Lookup.over(before.verdict);
        }
        Lookup going = running.get(image);
        if (going != null) {
            metrics.cache.labels("joined").inc();
            return going;
        }
        if (running.size() >= MOST_LOOKUPS) {
            metrics.cache.labels("busy").inc();
            return Lookup.over(Verdict.unavailable("too many other images are being looked up"));
        }
        metrics.cache.labels("miss").inc();
        Lookup begun = new Lookup(new CompletableFuture<>(), nanos.getAsLong());
        running.put(image, begun);
        threads.execute(() -> run(image, begun.result));
        return begun;
    }

    private void run(ImageReference image, CompletableFuture<Verdict> result) {
        Verdict verdict;
        try {
            turns.acquire();
            try {
                long start = System.nanoTime();
                verdict = lookup.apply(image);
                metrics.seconds.observe((System.nanoTime() - start) / 1e9);
            } finally {
                turns.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            verdict = Verdict.unavailable("the webhook stops");
        } catch (RuntimeException | Error e) {
            LOG.error("image lookup failed image={}", image, e);
            verdict = Verdict.unavailable("it could not be looked up: " + e.getClass().getSimpleName());
        }
        synchronized (this) {
            running.remove(image);
            keep(image, verdict);
            if (image.digest() == null && verdict.digest() != null) {
                keep(image.at(verdict.digest()), verdict);
            }
        }
        result.complete(verdict);
    }

    private void keep(ImageReference image, Verdict verdict) {
        known.put(image, new Known(verdict, nanos.getAsLong() + (verdict.isVerified() ? good : bad).toNanos()));
        for (Iterator<ImageReference> eldest = known.keySet().iterator(); known.size() > limit; ) {
            eldest.next();
            eldest.remove();
            metrics.cache.labels("evicted").inc();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
