package io.kubeguardian.policy.user;

/** A policy that cannot be used: one line that says where, what, and what to do. */
public final class PolicyException extends Exception {
    private static final long serialVersionUID = 1L;

    public PolicyException(String message) {
        super(message);
    }

    public PolicyException(String message, Throwable cause) {
        super(message, cause);
    }
}
