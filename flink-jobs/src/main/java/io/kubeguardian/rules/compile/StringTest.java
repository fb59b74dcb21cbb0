package io.kubeguardian.rules.compile;

/**
 * A test of one string against what a rule says. Immutable, and a function of the string alone: an answer may be
 * remembered for as long as the string is the same.
 */
public interface StringTest {
    boolean test(String value);

    /** One test that is true where either is and quicker than both; null when there is none. */
    default StringTest mergedWith(StringTest other) {
        return null;
    }

    /** Rough cost of a call in units of comparing two short strings; cheap tests run first. */
    default int cost() {
        return 2;
    }
}
