package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.syntax.LocatedException;
import io.kubeguardian.rules.syntax.Location;
import io.kubeguardian.rules.syntax.Place;

/** A condition that follows the grammar and still makes no sense. */
public final class CompileException extends LocatedException {
    private static final long serialVersionUID = 1L;

    /** Lenient loading skips a rule with an unknown field; anything else is an error always. */
    public enum Kind {
        UNKNOWN_FIELD,
        ERROR
    }

    private final Kind kind;
    private final transient Place at;

    public CompileException(Kind kind, Place at, String message) {
        super(message);
        this.kind = kind;
        this.at = at;
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public Location location() {
        return at.location();
    }
}
