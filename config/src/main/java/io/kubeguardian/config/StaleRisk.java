package io.kubeguardian.config;

/** What a risk is good for that has not been updated for long. */
public enum StaleRisk {
    /** It has decayed by its half-life, and counts as that. */
    USE,
    /** Warns at most. */
    WARN,
    /** As if none were known. */
    IGNORE
}
