package io.kubeguardian.rules.syntax;

/** An offset into a condition's text; where that is in a file is worked out only when somebody asks. */
public record Place(ConditionText text, int offset) {
    public Location location() {
        return text.locate(offset);
    }
}
