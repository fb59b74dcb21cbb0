package io.kubeguardian.correlation;

/** A pattern file cannot be used. The message is one line: file, line, what, what to do. */
public final class PatternException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PatternException(String message) {
        super(message);
    }

    public PatternException(String message, Throwable cause) {
        super(message, cause);
    }
}
