package io.kubeguardian.policy.user;

/** What becomes of an object that violates a policy. */
public enum PolicyAction {
    /** Refused. */
    DENY,
    /** Let in; whoever brought it is told. */
    WARN,
    /** Let in; only the audit says so. */
    AUDIT,
    /** Changed as the policy says, and let in. */
    MUTATE
}
