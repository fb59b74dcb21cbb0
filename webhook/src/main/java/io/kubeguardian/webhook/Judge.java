package io.kubeguardian.webhook;

import io.kubeguardian.policy.InvalidObjectException;

/** What answers requests: {@link Decider#decide} or {@link Mutator#mutate}. */
@FunctionalInterface
interface Judge {
    /**
     * Answers one request.
     *
     * @param nowNanos nanoseconds since the Unix epoch
     * @throws InvalidObjectException when the object is one that the API server would refuse; the message names the field
     */
    Decision judge(AdmissionRequest request, long nowNanos) throws InvalidObjectException;
}
