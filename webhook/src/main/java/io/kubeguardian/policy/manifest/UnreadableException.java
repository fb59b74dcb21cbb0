package io.kubeguardian.policy.manifest;

/** A document that cannot be read. The message says what is wrong. */
public final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;

    /** @param line counted from 1 in the document's file */
    public UnreadableException(int line, String message) {
        super(message);
        this.line = line;
    }

    public int line() {
        return line;
    }
}
