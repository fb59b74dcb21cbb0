package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubeguardian.webhook.Workloads;
import java.util.Map;
import java.util.function.Function;

/**
 * Whose pod it is: a ReplicaSet's is its Deployment's, a Job's its CronJob's, as their own objects say. While the object is not
 * known, or gone before its pods, its name says so, as in the webhook's {@link Workloads}; both must come to the same workload.
 */
final class Owners {
    private static final String HASH_LABEL = "pod-template-hash";

    private final Function<String, ? extends HasMetadata> replicaSets;
    private final Function<String, ? extends HasMetadata> jobs;

    /** A workload within its namespace. */
    record Workload(String kind, String name) {}

    /** @param replicaSets by {@code namespace/name}, null where there is none */
    Owners(Function<String, ? extends HasMetadata> replicaSets, Function<String, ? extends HasMetadata> jobs) {
        this.replicaSets = replicaSets;
        this.jobs = jobs;
    }

    Workload of(Pod pod) {
        OwnerReference owner = controller(pod);
        // A static pod is its node's; it stands for itself, as one without a controller.
        if (owner == null || owner.getKind().equals("Node")) {
            return new Workload("Pod", pod.getMetadata().getName());
        }
        String key = pod.getMetadata().getNamespace() + '/' + owner.getName();
        return switch (owner.getKind()) {
            case "ReplicaSet" -> {
                HasMetadata replicaSet = replicaSets.apply(key);
                yield replicaSet == null ? byHash(pod, owner) : outer(owner, replicaSet, "Deployment");
            }
            case "Job" -> {
                HasMetadata job = jobs.apply(key);
                yield job != null ? outer(owner, job, "CronJob")
                        : Workloads.cronJobOf(owner.getName()).map(name -> new Workload("CronJob", name))
                                .orElseGet(() -> new Workload("Job", owner.getName()));
            }
            default -> new Workload(owner.getKind(), owner.getName());
        };
    }

    private static Workload outer(OwnerReference owner, HasMetadata object, String kind) {
        OwnerReference outer = controller(object);
        return outer != null && outer.getKind().equals(kind) ? new Workload(kind, outer.getName())
                : new Workload(owner.getKind(), owner.getName());
    }

    private static Workload byHash(Pod pod, OwnerReference owner) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        String suffix = '-' + (labels == null ? "" : labels.getOrDefault(HASH_LABEL, ""));
        return suffix.length() > 1 && owner.getName().endsWith(suffix) && owner.getName().length() > suffix.length()
                ? new Workload("Deployment", owner.getName().substring(0, owner.getName().length() - suffix.length()))
                : new Workload("ReplicaSet", owner.getName());
    }

    /** Null where nothing controls it. */
    static OwnerReference controller(HasMetadata object) {
        if (object.getMetadata().getOwnerReferences() == null) {
            return null;
        }
        return object.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()) && owner.getKind() != null
                        && owner.getName() != null)
                .findFirst().orElse(null);
    }
}
