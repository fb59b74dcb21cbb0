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
final class LookupCache<T extends LookupCache.Result> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LookupCache.class);

    /** Lookups that talk to registries at once; each may hold some megabytes. */
    private static final int MOST_AT_ONCE = 8;
    /** Lookups that go on or wait for others to end. */
    private static final int MOST_LOOKUPS = 256;
    /** The same of one registry: one that is slow, or somebody's own, must not take the turns of all others. */
    private static final int MOST_AT_ONCE_OF_ONE = 2;
    private static final int MOST_LOOKUPS_OF_ONE = 64;

    private final Function<ImageReference, T> lookup;
    private final Function<String, T> unavailable;
    private final Duration good;
    private final Duration bad;
    private final int limit;
    private final LongSupplier nanos;
    private final ImageMetrics metrics;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore turns = new Semaphore(MOST_AT_ONCE);
    private final LinkedHashMap<ImageReference, Known<T>> known = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<ImageReference, Lookup<T>> running = new HashMap<>();
    /** Those that something is looked up in. */
    private final Map<String, Registry> registries = new HashMap<>();

    private static final class Registry {
        private final Semaphore turns = new Semaphore(MOST_AT_ONCE_OF_ONE);
        private int lookups;
    }

    /** What was found out about an image. */
    interface Result {
        /** Of the image that it is about; null when it is not known. */
        Digest digest();

        /** Whether it is all that one would know: then it counts longer. */
        boolean isGood();
    }

    private record Known<T>(T result, long untilNanos) {}

    /**
     * A lookup that is over or goes on.
     *
     * @param begunNanos when it began, by the cache's clock
     */
    record Lookup<T>(CompletableFuture<T> result, long begunNanos) {
        private static <T> Lookup<T> over(T result) {
            return new Lookup<>(CompletableFuture.completedFuture(result), 0);
        }

        /**
         * What it found; null when it has not yet. Who comes later waits less: a registry that is slow costs all who ask for
         * one image the budget together, and not each of them.
         *
         * @param deadline of the one who waits
         * @param budget from the lookup's begin
         */
        T await(Deadline deadline, Duration budget, long nowNanos) {
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
                throw new IllegalStateException(e); // a lookup always ends with a result
            }
        }
    }

    /**
     * @param unavailable the result of a lookup that could not be made, with why not, for a person
     * @param good how long a result counts that is good
     * @param bad how long any other counts
     * @param limit most results
     * @param nanos a clock that never goes back
     */
    LookupCache(
            Function<ImageReference, T> lookup, Function<String, T> unavailable, Duration good, Duration bad, int limit,
            LongSupplier nanos, ImageMetrics metrics) {
        this.lookup = lookup;
        this.unavailable = unavailable;
        this.good = good;
        this.bad = bad;
        this.limit = limit;
        this.nanos = nanos;
        this.metrics = metrics;
    }

    /** What is known, or will be: never waits. */
    synchronized Lookup<T> get(ImageReference image) {
        Known<T> before = known.get(image);
        if (before != null && before.untilNanos - nanos.getAsLong() > 0) {
            metrics.cache.labels("hit").inc();
            return Lookup.over(before.result);
        }
        Lookup<T> going = running.get(image);
        if (going != null) {
            metrics.cache.labels("joined").inc();
            return going;
        }
        Registry registry = registries.get(image.registry());
        if (running.size() >= MOST_LOOKUPS || registry != null && registry.lookups >= MOST_LOOKUPS_OF_ONE) {
            metrics.cache.labels("busy").inc();
            return Lookup.over(unavailable.apply("too many other images are being looked up"));
        }
        if (registry == null) {
            registry = new Registry();
            registries.put(image.registry(), registry);
        }
        registry.lookups++;
        metrics.cache.labels("miss").inc();
        Lookup<T> begun = new Lookup<>(new CompletableFuture<>(), nanos.getAsLong());
        running.put(image, begun);
        Semaphore own = registry.turns;
        threads.execute(() -> run(image, own, begun.result));
        return begun;
    }

    private void run(ImageReference image, Semaphore own, CompletableFuture<T> result) {
        T found;
        try {
            found = inTurn(image, own);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            found = unavailable.apply("the webhook stops");
        } catch (RuntimeException | Error e) {
            LOG.error("image lookup failed image={}", image, e);
            found = unavailable.apply("it could not be looked up: " + e.getClass().getSimpleName());
        }
        synchronized (this) {
            running.remove(image);
            if (--registries.get(image.registry()).lookups == 0) {
                registries.remove(image.registry());
            }
            keep(image, found);
            if (image.digest() == null && found.digest() != null) {
                keep(image.at(found.digest()), found);
            }
        }
        result.complete(found);
    }

    private T inTurn(ImageReference image, Semaphore own) throws InterruptedException {
        own.acquire();
        try {
            turns.acquire();
            try {
                long start = System.nanoTime();
                T found = lookup.apply(image);
                metrics.seconds.observe((System.nanoTime() - start) / 1e9);
                return found;
            } finally {
                turns.release();
            }
        } finally {
            own.release();
        }
    }

    private void keep(ImageReference image, T result) {
        known.put(image, new Known<>(result, nanos.getAsLong() + (result.isGood() ? good : bad).toNanos()));
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
