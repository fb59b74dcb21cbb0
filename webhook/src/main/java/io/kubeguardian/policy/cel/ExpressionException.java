package io.kubeguardian.policy.cel;

/** A CEL expression that cannot be compiled or evaluated; the message is for the policy's author. */
public final class ExpressionException extends Exception {
    private static final long serialVersionUID = 1L;

    public ExpressionException(String message) {
        super(message);
    }

    public ExpressionException(String message, Throwable cause) {
        super(message, cause);
    }
}
