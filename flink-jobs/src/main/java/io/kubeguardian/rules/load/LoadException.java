package io.kubeguardian.rules.load;

import io.kubeguardian.rules.syntax.LocatedException;
import io.kubeguardian.rules.syntax.Location;

/** A rule file whose structure is wrong. */
final class LoadException extends LocatedException {
    private static final long serialVersionUID = 1L;

    private final transient Location location;

    LoadException(Location location, String message) {
        super(message);
        this.location = location;
    }

    @Override
    public Location location() {
        return location;
    }
}
