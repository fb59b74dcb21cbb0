package io.kubeguardian.collector.contain;

import io.kubeguardian.schema.Decision;

/** Who decided. What one has ordered stays in force whatever the other orders. */
public enum Authority {
    DETECTION, OPERATOR;

    public static Authority of(Decision decision) {
        return decision.getRequestedBy().isEmpty() ? DETECTION : OPERATOR;
    }
}
