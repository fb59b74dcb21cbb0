package io.kubeguardian.ingest;

import java.util.Locale;

/** The sensors of other people whose output is understood. */
public enum ForeignSensor {
    TETRAGON, FALCO;

    /** As in paths, labels and messages. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
