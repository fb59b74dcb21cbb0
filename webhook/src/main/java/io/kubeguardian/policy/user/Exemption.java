package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Manifest;
import java.time.LocalDate;

/**
 * What a policy does not judge, until when and why.
 *
 * @param until the last day, UTC; null: without end
 * @param reason what the audit says
 */
record Exemption(Match match, LocalDate until, String reason) {
    boolean holds(Manifest manifest, Request request, LocalDate today) {
        return !isOver(today) && match.fits(manifest, request);
    }

    boolean isOver(LocalDate today) {
        return until != null && today.isAfter(until);
    }
}
