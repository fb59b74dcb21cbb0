package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.WorkloadRef;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A pod as the detection job wants to know it. */
final class PodRecords {
    private final String cluster;
    private final Owners owners;

    PodRecords(String cluster, Owners owners) {
        this.cluster = cluster;
        this.owners = owners;
    }

    /** Key of the workload whose pod it is. */
    String workload(Pod pod) {
        Owners.Workload workload = owners.of(pod);
        return Keys.workload(new WorkloadRef(cluster, pod.getMetadata().getNamespace(), workload.kind(), workload.name()));
    }

    PodMetadata of(Pod pod, long nowMillis) {
        Owners.Workload workload = owners.of(pod);
        PodSpec spec = pod.getSpec() == null ? new PodSpec() : pod.getSpec();
        Map<String, String> labels = pod.getMetadata().getLabels();
        return new PodMetadata(cluster, pod.getMetadata().getUid(), pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(), orEmpty(spec.getNodeName()), workload.kind(), workload.name(),
                orEmpty(spec.getServiceAccountName()), labels == null ? Map.of() : labels, containers(spec, pod.getStatus()), false,
                nowMillis, Boolean.TRUE.equals(spec.getHostNetwork()), Boolean.TRUE.equals(spec.getHostPID()),
                Boolean.TRUE.equals(spec.getHostIPC()));
    }

    /** Whether two say the same, apart from when. */
    static boolean same(PodMetadata a, PodMetadata b) {
        return a.equals(PodMetadata.newBuilder(b).setUpdatedAt(a.getUpdatedAt()).build());
    }

    /** @param id of the specification alone: empty */
    private record Declared(String name, String image, boolean privileged) {}

    private static List<ContainerMetadata> containers(PodSpec spec, PodStatus status) {
        Map<String, Declared> declared = new LinkedHashMap<>();
        for (Container container : concat(spec.getInitContainers(), spec.getContainers())) {
            declare(declared, container.getName(), container.getImage(), container.getSecurityContext());
        }
        for (EphemeralContainer container : orNone(spec.getEphemeralContainers())) {
            declare(declared, container.getName(), container.getImage(), container.getSecurityContext());
        }
        Map<String, ContainerStatus> statuses = new LinkedHashMap<>();
        if (status != null) {
            for (ContainerStatus each : concat(status.getInitContainerStatuses(),
                    concat(status.getContainerStatuses(), status.getEphemeralContainerStatuses()))) {
                statuses.put(orEmpty(each.getName()), each);
            }
        }
        List<ContainerMetadata> containers = new ArrayList<>();
        for (Declared each : declared.values()) {
            ContainerStatus its = statuses.get(each.name);
            String digest = its == null ? "" : digest(orEmpty(its.getImageID()));
            containers.add(new ContainerMetadata(its == null ? "" : id(orEmpty(its.getContainerID())), each.name, each.image,
                    digest, each.privileged, its == null ? 0 : started(its.getState())));
            String before = its == null ? "" : ended(its.getLastState());
            if (!before.isEmpty()) { // events of the container that crashed may still be on their way
                containers.add(new ContainerMetadata(before, each.name, each.image, digest, each.privileged, 0L));
            }
        }
        return containers;
    }

    private static void declare(Map<String, Declared> declared, String name, String image, SecurityContext security) {
        declared.put(orEmpty(name), new Declared(orEmpty(name), orEmpty(image),
                security != null && Boolean.TRUE.equals(security.getPrivileged())));
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        List<T> both = new ArrayList<>(orNone(first));
        both.addAll(orNone(second));
        return both;
    }

    private static <T> List<T> orNone(List<T> list) {
        return list == null ? List.of() : list;
    }

    /** {@code containerd://0123…} without the runtime. */
    private static String id(String containerId) {
        int scheme = containerId.indexOf("://");
        return scheme < 0 ? containerId : containerId.substring(scheme + 3);
    }

    /**
     * Of {@code docker.io/library/nginx@sha256:…}. An id without a repository is the runtime's own for an image that came from
     * none: no registry knows it, so it is no digest of the image.
     */
    private static String digest(String imageId) {
        int at = imageId.indexOf('@');
        return at < 0 ? "" : imageId.substring(at + 1);
    }

    private static long started(ContainerState state) {
        if (state == null || state.getRunning() == null || state.getRunning().getStartedAt() == null) {
            return 0;
        }
        try {
            return Instant.parse(state.getRunning().getStartedAt()).toEpochMilli();
        } catch (DateTimeParseException e) {
            return 0;
        }
    }

    private static String ended(ContainerState state) {
        return state == null || state.getTerminated() == null ? "" : id(orEmpty(state.getTerminated().getContainerID()));
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
