package io.kubeguardian.webhook.image;

import java.util.List;

/**
 * What is known of an image.
 *
 * @param digest what it was verified as; null when it is not known
 * @param denials what policies that deny miss, for a person
 * @param warnings what policies that warn miss
 * @param unavailable why it could not be told; empty when it could
 */
record Verdict(Digest digest, List<String> denials, List<String> warnings, String unavailable)
        implements LookupCache.Result {
    static Verdict unavailable(String why) {
        return new Verdict(null, List.of(), List.of(), why);
    }

    boolean isVerified() {
        return unavailable.isEmpty() && denials.isEmpty() && warnings.isEmpty();
    }

    @Override
    public boolean isGood() {
        return isVerified();
    }

    boolean isUnavailable() {
        return !unavailable.isEmpty();
    }
}
