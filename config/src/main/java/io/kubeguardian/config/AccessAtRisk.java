package io.kubeguardian.config;

/** What becomes of a person's way into a running pod (exec, attach, port-forward, ephemeral containers) whose workload is at risk. */
public enum AccessAtRisk {
    /** The risk does not count. */
    IGNORE,
    WARN,
    /** Refused, but for members of groups that must get in. */
    DENY
}
