package io.kubeguardian.rules;

import io.kubeguardian.rules.syntax.Location;

/** Something that the author of a rule file should know. */
public record RuleProblem(Location location, String message) {
    /** {@code file:line:column: message} */
    @Override
    public String toString() {
        return location + ": " + message;
    }
}
