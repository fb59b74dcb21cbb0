package io.kubeguardian.config;

/** How a feed of threat intelligence is written. */
public enum FeedFormat {
    /** One indicator a line. */
    PLAIN,
    /** Comma-separated values (RFC 4180). */
    CSV,
    /** A STIX 2.1 bundle. */
    STIX,
    /** Events of MISP: one file, or the manifest.json of a MISP feed. */
    MISP
}
