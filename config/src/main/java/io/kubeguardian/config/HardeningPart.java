package io.kubeguardian.config;

/** What a mutating webhook may fill in where a pod leaves it open. */
public enum HardeningPart {
    /** The runtime's own seccomp profile. */
    SECCOMP,
    /** No capabilities but those that a container adds. */
    CAPABILITIES,
    /** No setuid programs that gain privileges. */
    ESCALATION,
    /** The kubelet's promise that it is not root, where the pod, or its image, names a user that is not. */
    NON_ROOT,
    /** A root file system that cannot be written to. */
    READ_ONLY_ROOT,
    /** Likewise, where the workload's baseline knows that it is not written to. */
    LEARNED_READ_ONLY_ROOT,
    /** No token of the default service account. */
    TOKEN
}
