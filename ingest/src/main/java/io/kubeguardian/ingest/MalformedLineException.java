package io.kubeguardian.ingest;

/** A line that is not what its sensor writes. The message says why, in one line; the line itself is not in it. */
public final class MalformedLineException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedLineException(String message) {
        super(message);
    }

    public MalformedLineException(String message, Throwable cause) {
        super(message, cause);
    }
}
