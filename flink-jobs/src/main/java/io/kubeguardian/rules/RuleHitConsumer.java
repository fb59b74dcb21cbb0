package io.kubeguardian.rules;

/** Receives what {@link RuleSet#evaluate} finds. */
@FunctionalInterface
public interface RuleHitConsumer {
    /** The hit is valid until this returns: its event may then be used for another. */
    void hit(RuleHit hit);
}
