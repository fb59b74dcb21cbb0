package io.kubeguardian.collector;

import java.nio.file.Path;

/**
 * How a collector is run, beside its configuration.
 *
 * @param capture where to write the batches as a capture file, or null
 * @param kafka whether to send to Kafka and to take decisions from it
 */
public record CollectorOptions(Path capture, boolean kafka) {
    /** To Kafka, no capture. */
    public static final CollectorOptions DEFAULT = new CollectorOptions(null, true);

    public CollectorOptions {
        if (capture == null && !kafka) {
            throw new IllegalArgumentException("--no-kafka needs --capture FILE: else the events go nowhere");
        }
    }
}
