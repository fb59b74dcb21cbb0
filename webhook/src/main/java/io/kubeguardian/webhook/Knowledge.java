package io.kubeguardian.webhook;

import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.webhook.image.ImageProvenance;
import java.util.function.Function;

/**
 * What the webhook knows when a request comes.
 *
 * @param risks risk by workload key, null when unknown
 * @param quarantines decisions by workload key that it gets no new pods, null when it does
 * @param policies of the user's own
 * @param images what a pod's images say of where they come from; may wait for registries, within its own budget
 */
record Knowledge(
        Function<String, WorkloadRisk> risks, Function<String, Quarantine> quarantines, PolicySet policies,
        Function<PodSpec, ImageProvenance.Outcome> images) {
    /** Nothing at all. */
    static Knowledge none() {
        return new Knowledge(workload -> null, workload -> null, new PolicySet(), pod -> ImageProvenance.Outcome.NOTHING);
    }
}
