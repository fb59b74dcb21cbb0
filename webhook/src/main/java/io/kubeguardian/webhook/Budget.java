package io.kubeguardian.webhook;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Judges requests on threads of its own, each for a bounded time, with a bounded amount of memory for all of them.
 *
 * <p>Platform threads, because judging is work for the processor: a virtual one that never ends would hold a carrier, and soon
 * nobody could say that the time is over. Work whose time is over is interrupted; what does not heed that keeps its
 * thread and its memory until it ends, and the others go on without them.
 */
final class Budget implements AutoCloseable {
    /** Trees in memory at once, bytes; see {@link AdmissionReviewReader#MOST_TOKENS}. */
    private static final int MOST_TREE_BYTES = 24 << 20;
    private static final int LARGEST_TREE_BYTES = 16 << 20;
    /** Bounds how many wait, too. */
    private static final int SMALLEST_SHARE = 64 << 10;
    /** A token takes two bytes at least and its node up to some 100. */
    private static final int TREE_BYTES_PER_BODY_BYTE = 50;
    private static final int THREADS = 8;

    private final long nanos;
    private final Semaphore room = new Semaphore(MOST_TREE_BYTES);
    private final ThreadPoolExecutor threads;

    /** The time is over. */
    static final class ExpiredException extends Exception {
        private static final long serialVersionUID = 1L;

        ExpiredException() {
            super("the budget is over", null, false, false);
        }
    }

    /** @param nanos for each request; 0: as long as it takes, on the caller's thread */
    Budget(long nanos) {
        this.nanos = nanos;
        this.threads = new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("judge-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Does the work, or gives up on it.
     *
     * @param bodyBytes size of the body that it makes a tree of
     * @throws ExpiredException when the time is over first; the work is interrupted
     */
    <T> T call(int bodyBytes, Callable<T> work) throws ExpiredException {
        long deadline = System.nanoTime() + nanos;
        int share = (int) Math.clamp((long) bodyBytes * TREE_BYTES_PER_BODY_BYTE, SMALLEST_SHARE, LARGEST_TREE_BYTES);
        if (nanos == 0) {
            room.acquireUninterruptibly(share);
            Task<T> task = new Task<>(share, work);
            task.run();
            return task.result.join();
        }
        try {
            if (!room.tryAcquire(share, nanos, TimeUnit.NANOSECONDS)) {
                throw new ExpiredException();
            }
            Task<T> task = new Task<>(share, work);
            threads.execute(task);
            try {
                return task.result.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (threads.remove(task)) {
                    room.release(share);
                } else {
                    task.abandon();
                }
                throw new ExpiredException();
            } catch (ExecutionException e) {
                throw new CompletionException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExpiredException();
        }
    }

    private final class Task<T> implements Runnable {
        private final int share;
        private final Callable<T> work;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private Thread runner;
        private boolean abandoned;

        Task(int share, Callable<T> work) {
            this.share = share;
            this.work = work;
        }

        @Override
        public void run() {
            try {
                if (begin()) {
                    result.complete(work.call());
                }
            } catch (Throwable e) {
                result.completeExceptionally(e);
            } finally {
                end();
                room.release(share);
            }
        }

        private synchronized boolean begin() {
            runner = Thread.currentThread();
            return !abandoned;
        }

        private synchronized void end() {
            runner = null;
            if (abandoned) {
                Thread.interrupted(); // it was not meant for what follows
            }
        }

        synchronized void abandon() {
            abandoned = true;
            if (runner != null) {
                runner.interrupt();
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
