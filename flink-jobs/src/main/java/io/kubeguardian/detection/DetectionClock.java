package io.kubeguardian.detection;

import java.io.Serializable;

/** The job's clock: when something was concluded, never when it happened. */
public interface DetectionClock extends Serializable {
    /** Nanoseconds since the Unix epoch. */
    long nanos();

    static DetectionClock system() {
        return () -> {
            java.time.Instant now = java.time.Instant.now();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        };
    }
}
