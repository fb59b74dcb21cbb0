package io.kubeguardian.webhook;

import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.webhook.image.ImageProvenance;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * What the webhook knows when a request comes.
 *
 * @param risks risk by workload key, null when unknown
 * @param quarantines decisions by workload key that it gets no new pods, null when it does
 * @param policies of the user's own
 * @param images what a pod's images say of where they come from; may wait for registries, within its own budget
 * @param imageUsers what follows for containers that say nothing of their user, from whom their images run as; may wait likewise,
 *     less what was waited before
 * @param pods key of the workload whose pod it is, by namespace and name of the pod; null when it is not known
 * @param learned whether a workload, by its key, is known to write from a container nowhere but to its volumes
 */
record Knowledge(
        Function<String, WorkloadRisk> risks, Function<String, Quarantine> quarantines, PolicySet policies,
        Function<PodSpec, ImageProvenance.Outcome> images, BiFunction<List<PodSpec.Container>, Duration, List<Fix>> imageUsers,
        BiFunction<String, String, String> pods, BiPredicate<String, PodSpec.Container> learned) {
    /** Nothing at all. */
    static Knowledge none() {
        return new Knowledge(workload -> null, workload -> null, new PolicySet(), pod -> ImageProvenance.Outcome.NOTHING,
                (containers, waited) -> List.of(), (namespace, pod) -> null, (workload, container) -> false);
    }

    /** The decision that a workload gets no new pods, as long as it is in force; else null. */
    Quarantine quarantine(String workload, long nowNanos) {
        Quarantine quarantine = quarantines.apply(workload);
        return quarantine != null && quarantine.untilNanos() > nowNanos ? quarantine : null;
    }
}
