package io.kubeguardian.webhook;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Nanoseconds since the Unix epoch, the unit of every time on the topics. */
final class Nanos {
    private Nanos() {}

    static long of(Instant time) {
        return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
    }

    static Instant toInstant(long nanos) {
        long second = TimeUnit.SECONDS.toNanos(1);
        return Instant.ofEpochSecond(Math.floorDiv(nanos, second), Math.floorMod(nanos, second));
    }
}
