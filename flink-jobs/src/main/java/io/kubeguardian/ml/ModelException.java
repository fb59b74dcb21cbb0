package io.kubeguardian.ml;

/** A model that cannot be used, or data that none can be made of; one line that says why. */
public final class ModelException extends Exception {
    private static final long serialVersionUID = 1L;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
