package io.kubeguardian.schema;

/** A record that cannot be used: not in the format of its topic, or inconsistent in itself. The message says why. */
public final class MalformedRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedRecordException(String message) {
        super(message);
    }

    public MalformedRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
