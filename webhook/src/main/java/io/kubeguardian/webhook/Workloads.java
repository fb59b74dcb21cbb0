package io.kubeguardian.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeguardian.policy.Fields;
import io.kubeguardian.policy.InvalidObjectException;
import io.kubeguardian.schema.WorkloadRef;
import java.util.Optional;

/**
 * Whose pod it is: {@code cluster/namespace/kind/name} of the outermost controller, as far as the object itself tells.
 * The webhook asks nobody (the API server waits for it), so two steps lean on how Kubernetes names things:
 *
 * <ul>
 *   <li>A ReplicaSet whose name ends in {@code -<hash>}, the hash being the pod's label {@code pod-template-hash}, is
 *       a Deployment's: the Deployment controller makes both from the same hash.
 *   <li>A Job whose name ends in {@code -<8 digits>} is a CronJob's when the digits, read as minutes since the Unix
 *       epoch, lie in 2020 to 2100: the CronJob controller (Kubernetes 1.21 and later) appends the scheduled minute.
 *       A Job that a person named so by hand is taken for a CronJob's; the Job object itself carries its owner, and
 *       that is used where it is at hand.
 * </ul>
 *
 * A pod without a controller, or a static one (owned by its Node), stands for itself. Owner references are claims of
 * whoever may create the object; see the trust model in README.md.
 */
public final class Workloads {
    private static final String HASH_LABEL = "pod-template-hash";
    private static final int MINUTE_DIGITS = 8;
    /** 2020-01-01T00:00Z and 2100-01-01T00:00Z, in minutes since the Unix epoch. */
    private static final long FIRST_MINUTE = 26_297_280;
    private static final long LAST_MINUTE = 68_374_080;

    private Workloads() {}

    /**
     * The workload of an object that holds a pod specification.
     *
     * @throws InvalidObjectException when the metadata has a wrong type
     */
    static WorkloadRef of(String cluster, AdmissionRequest request) throws InvalidObjectException {
        JsonNode metadata = Fields.object(request.object(), "", "metadata");
        Owner self = new Owner(request.kind(), name(request, metadata));
        Owner owner = controller(metadata);
        Owner outermost = switch (request.kind()) {
            case "Pod" -> ofPod(self, owner, metadata);
            case "ReplicaSet" -> owner != null && owner.kind.equals("Deployment") ? owner : self;
            case "Job" -> owner != null && owner.kind.equals("CronJob") ? owner : self;
            // The pods of these name them as their controller; whatever owns them in turn does not show in a pod.
            default -> self;
        };
        return new WorkloadRef(cluster, request.namespace(), outermost.kind, outermost.name);
    }

    private record Owner(String kind, String name) {}

    private static Owner ofPod(Owner self, Owner owner, JsonNode metadata) throws InvalidObjectException {
        if (owner == null || owner.kind.equals("Node")) {
            return self;
        }
        return switch (owner.kind) {
            case "ReplicaSet" -> {
                JsonNode labels = Fields.object(metadata, "metadata", "labels");
                String hash = Fields.text(labels, "metadata.labels", HASH_LABEL);
                String suffix = '-' + hash;
                boolean ofDeployment = !hash.isEmpty() && owner.name.endsWith(suffix)
                        && owner.name.length() > suffix.length();
                yield ofDeployment ? new Owner("Deployment", cut(owner.name, suffix.length())) : owner;
            }
            case "Job" -> cronJobOf(owner.name).map(name -> new Owner("CronJob", name)).orElse(owner);
            default -> owner;
        };
    }

    private static Owner controller(JsonNode metadata) throws InvalidObjectException {
        int index = 0;
        for (JsonNode reference : Fields.array(metadata, "metadata", "ownerReferences")) {
            String path = "metadata.ownerReferences[" + index++ + ']';
            if (!reference.isObject()) {
                throw new InvalidObjectException(path + " must be an object");
            }
            if (Fields.flag(reference, path, "controller")) {
                return new Owner(Fields.text(reference, path, "kind"), Fields.text(reference, path, "name"));
            }
        }
        return null;
    }

    /** The name, or what it will begin with: a pod without a name yet has no risk of its own either. */
    static String name(AdmissionRequest request, JsonNode metadata) throws InvalidObjectException {
        String name = Fields.text(metadata, "metadata", "name");
        if (!name.isEmpty()) {
            return name;
        }
        return request.name().isEmpty() ? Fields.text(metadata, "metadata", "generateName") : request.name();
    }

    /** The CronJob that named a Job, as far as the name tells; empty where it tells of none. */
    public static Optional<String> cronJobOf(String job) {
        int dash = job.length() - MINUTE_DIGITS - 1;
        if (dash < 1 || job.charAt(dash) != '-') {
            return Optional.empty();
        }
        long minute = 0;
        for (int i = dash + 1; i < job.length(); i++) {
            char c = job.charAt(i);
            if (c < '0' || c > '9') {
                return Optional.empty();
            }
            minute = minute * 10 + (c - '0');
        }
        return minute >= FIRST_MINUTE && minute < LAST_MINUTE ? Optional.of(job.substring(0, dash)) : Optional.empty();
    }

    private static String cut(String name, int length) {
        return name.substring(0, name.length() - length);
    }
}
