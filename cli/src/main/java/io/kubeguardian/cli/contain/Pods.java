package io.kubeguardian.cli.contain;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Finds pods and containers by what a person calls them, among what kubeguardian.pods knows. */
final class Pods {
    private static final int FULL_ID = 64;
    /** Shorter beginnings of a container id would name one by accident. */
    private static final int SHORTEST_PREFIX = 4;

    private final List<PodMetadata> pods;

    Pods(Collection<PodMetadata> pods) {
        this.pods = pods.stream().filter(pod -> !pod.getDeleted()).toList();
    }

    /** The whole pod. @param name NAMESPACE/NAME */
    Target byName(String name) {
        String[] parts = name.split("/", -1);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new UserError("--pod " + name + ": write NAMESPACE/NAME");
        }
        return pods.stream()
                .filter(pod -> pod.getNamespace().equals(parts[0]) && pod.getName().equals(parts[1]))
                .reduce((a, b) -> a.getUpdatedAt() >= b.getUpdatedAt() ? a : b) // of the same name the one of today
                .map(pod -> target(pod, ""))
                .orElseThrow(() -> new UserError("no pod " + name + " on " + Topics.PODS
                        + ": name it by --pod-uid or by the full id of its container"));
    }

    /** The whole pod, known or not. */
    Target byUid(String uid, String cluster) {
        return pods.stream().filter(pod -> pod.getUid().equals(uid)).findFirst().map(pod -> target(pod, ""))
                .orElseGet(() -> Target.unknown(cluster, uid, ""));
    }

    /** One container: by its full id, known or not, or by a beginning that only one known container has. */
    Target byContainer(String id, String cluster) {
        String wanted = id.replaceFirst("^[a-z-]+://", ""); // as kubectl prints it: containerd://…
        if (!wanted.matches("[0-9a-f]{" + SHORTEST_PREFIX + ',' + FULL_ID + "}")) {
            throw new UserError("'" + id + "' is no container id: 64 hexadecimal digits, or the first of them");
        }
        List<Target> found = new ArrayList<>();
        for (PodMetadata pod : pods) {
            for (ContainerMetadata container : pod.getContainers()) {
                if (container.getId().startsWith(wanted)) {
                    found.add(target(pod, container.getId()));
                }
            }
        }
        if (found.size() > 1) {
            throw new UserError(id + " begins the ids of " + found.size() + " containers, one of them "
                    + found.getFirst().name() + ": give more of it");
        }
        if (found.isEmpty() && wanted.length() < FULL_ID) {
            throw new UserError("no container " + id + "… on " + Topics.PODS + ": give all 64 digits of its id");
        }
        return found.isEmpty() ? Target.unknown(cluster, "", wanted) : found.getFirst();
    }

    /** Namespace and name of a pod, when they are known. */
    Optional<String> nameOf(String podUid, String containerId) {
        return pods.stream()
                .filter(pod -> podUid.isEmpty()
                        ? pod.getContainers().stream().anyMatch(c -> c.getId().equals(containerId))
                        : pod.getUid().equals(podUid))
                .findFirst().map(pod -> pod.getNamespace() + '/' + pod.getName());
    }

    private static Target target(PodMetadata pod, String containerId) {
        String container = pod.getContainers().stream().filter(c -> c.getId().equals(containerId) && !containerId.isEmpty())
                .findFirst().map(c -> ", container " + c.getName()).orElse("");
        return new Target(pod.getCluster(), pod.getNode(), pod.getUid(), containerId,
                new WorkloadRef(pod.getCluster(), pod.getNamespace(), pod.getWorkloadKind(), pod.getWorkloadName()),
                "pod " + pod.getNamespace() + '/' + pod.getName() + container);
    }
}
