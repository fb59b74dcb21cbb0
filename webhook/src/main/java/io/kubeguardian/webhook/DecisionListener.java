package io.kubeguardian.webhook;

import io.kubeguardian.schema.AdmissionVerdict;

/** Is told of every answer, before it leaves; must not wait. */
@FunctionalInterface
interface DecisionListener {
    DecisionListener NONE = (request, decision, verdict, nowNanos, latencyNanos) -> {};

    /**
     * Takes one answer.
     *
     * @param nowNanos nanoseconds since the Unix epoch
     * @param latencyNanos from the whole body to the answer
     */
    void answered(AdmissionRequest request, Decision decision, AdmissionVerdict verdict, long nowNanos, long latencyNanos);
}
