package io.kubeguardian.policy;

/**
 * One check. Implementations are pure and thread safe, read any object whatsoever without failing (see {@link Node}), and
 * say where the fault lies and, where they can, how to mend it.
 */
public interface Check {
    CheckInfo info();

    /** Whether there is anything in this object that the check judges. */
    boolean appliesTo(Manifest manifest);

    /** Adds what it finds; called only for what it applies to. */
    void check(Manifest manifest, Findings findings);
}
