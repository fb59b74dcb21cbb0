package io.kubeguardian.controller;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rounds on a thread of its own: when something changed, at least once in a period, and again with growing pauses after one
 * that failed. A round looks at everything there is, so a change that is told twice or together with others costs nothing.
 */
final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    /** Changes come in bursts: a round for many. */
    private static final Duration GATHER = Duration.ofMillis(100);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final String name;
    private final Round round;
    private final Runnable failed;
    private final Duration period;
    private final BlockingQueue<Boolean> bell = new ArrayBlockingQueue<>(1);
    private final Thread thread;
    private volatile boolean closed;

    /** One round. */
    interface Round {
        void run() throws Exception;
    }

    /** @param failed is told of each round that failed */
    Loop(String name, Duration period, Round round, Runnable failed) {
        this.name = name;
        this.period = period;
        this.round = round;
        this.failed = failed;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void begin() {
        thread.start();
    }

    /** Something changed. */
    void ring() {
        bell.offer(true);
    }

    boolean alive() {
        return thread.isAlive();
    }

    private void run() {
        Duration pause = Duration.ZERO;
        while (!closed) {
            try {
                if (pause.isZero()) {
                    if (bell.poll(period.toMillis(), TimeUnit.MILLISECONDS) != null) {
                        Thread.sleep(GATHER);
                    }
                } else {
                    Thread.sleep(pause);
                }
                bell.clear();
                round.run();
                pause = Duration.ZERO;
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                if (closed) {
                    return;
                }
                failed.run();
                pause = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
                LOG.warn("round failed part={} againInMillis={} cause=\"{}\"", name, pause.toMillis(),
                        Texts.line(String.valueOf(e.getMessage())));
                LOG.debug("round failed part={}", name, e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
