package io.kubeguardian.rules;

/** What an unknown field in a rule means. */
public enum LoadMode {
    /** The bundle does not load. */
    STRICT,
    /** The rule is left out and reported, the others load. */
    LENIENT
}
