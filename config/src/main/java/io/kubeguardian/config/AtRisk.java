package io.kubeguardian.config;

/** What becomes of new pods of a workload whose risk is over the threshold. */
public enum AtRisk {
    DENY,
    /** Let through, with a warning. */
    WARN,
    /** Let through with everything filled in that hardens them, and a label that says why; denied where they were not. */
    HARDEN
}
