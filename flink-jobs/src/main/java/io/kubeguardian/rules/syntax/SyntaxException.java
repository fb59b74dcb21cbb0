package io.kubeguardian.rules.syntax;

/** A condition that does not follow the grammar. */
public final class SyntaxException extends LocatedException {
    private static final long serialVersionUID = 1L;

    private final transient Place at;

    public SyntaxException(Place at, String message) {
        super(message);
        this.at = at;
    }

    @Override
    public Location location() {
        return at.location();
    }
}
