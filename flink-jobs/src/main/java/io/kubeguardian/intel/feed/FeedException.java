package io.kubeguardian.intel.feed;

/** A feed cannot be used; the message is one line that says which, why, and what to do. */
public final class FeedException extends Exception {
    private static final long serialVersionUID = 1L;

    public FeedException(String message) {
        super(message);
    }

    public FeedException(String message, Throwable cause) {
        super(message, cause);
    }
}
