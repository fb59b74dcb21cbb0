package io.kubeguardian.config;

/** What a mutating webhook may fill in where a pod leaves it open. */
public enum HardeningPart {
    /** The runtime's own seccomp profile. */
    SECCOMP,
    /** No capabilities but those that a container adds. */
    CAPABILITIES,
    /** No setuid programs that gain privileges. */
    ESCALATION,
    /** The kubelet's promise that it is not root, where a user is named that is not. */
    NON_ROOT,
    /** A root file system that cannot be written to. */
    READ_ONLY_ROOT,
    /** No token of the default service account. */
    TOKEN
}
