package io.kubeguardian.rules.syntax;

/** Something wrong at a place in a rule file. */
public abstract class LocatedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    protected LocatedException(String message) {
        super(message);
    }

    public abstract Location location();
}
