package io.kubeguardian.webhook.image;

import java.time.Duration;

/** The end of the time that a lookup has, over all its requests. */
final class Deadline {
    private final long endNanos;

    private Deadline(long endNanos) {
        this.endNanos = endNanos;
    }

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** What is left, nanoseconds; 0 when it has passed. */
    long nanosLeft() {
        return Math.max(0, endNanos - System.nanoTime());
    }
}
