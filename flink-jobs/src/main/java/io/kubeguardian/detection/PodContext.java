package io.kubeguardian.detection;

import io.kubeguardian.rules.ContainerView;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.WorkloadRef;
import java.util.HashMap;
import java.util.Map;

/** Whose events a batch holds: the pod, its workload, its containers. */
final class PodContext {
    /** Containers of which a view is kept: more than a pod has at any time. */
    private static final int VIEWS = 64;

    private final PodMetadata metadata;
    private final String cluster;
    private final PodRef pod;
    private final WorkloadRef workload;
    private final Map<String, ContainerView> containers = new HashMap<>();

    /**
     * @param metadata null for the host itself and while the pod is unresolved
     */
    PodContext(EventBatch batch, PodMetadata metadata) {
        this(batch.getCluster(), batch.getNode(), batch.getPodUid(), metadata);
    }

    /** As {@link #PodContext(EventBatch, PodMetadata)}, of what is no batch. */
    PodContext(String cluster, String node, String uid, PodMetadata metadata) {
        this.metadata = metadata;
        this.cluster = cluster;
        if (metadata != null) {
            pod = new PodRef(uid, metadata.getNamespace(), metadata.getName(), node, true);
            boolean owned = !metadata.getWorkloadName().isEmpty();
            workload = new WorkloadRef(metadata.getCluster(), metadata.getNamespace(),
                    owned ? metadata.getWorkloadKind() : "Pod",
                    owned ? metadata.getWorkloadName() : metadata.getName());
        } else {
            boolean host = uid.isEmpty();
            pod = new PodRef(uid, "", "", node, host);
            workload = new WorkloadRef(cluster, "", host ? "Node" : "Pod", host ? node : uid);
        }
    }

    /** Whether another made of these would say the same. */
    boolean isOf(EventBatch batch, PodMetadata newest) {
        return metadata == newest && pod.getNode().equals(batch.getNode()) && pod.getUid().equals(batch.getPodUid())
                && (metadata != null || cluster.equals(batch.getCluster()));
    }

    PodRef pod() {
        return pod;
    }

    WorkloadRef workload() {
        return workload;
    }

    ContainerView container(String id) {
        ContainerView known = containers.get(id);
        if (known == null) {
            if (containers.size() >= VIEWS) {
                containers.clear();
            }
            known = view(id);
            containers.put(id, known);
        }
        return known;
    }

    private ContainerView view(String id) {
        if (metadata != null) {
            for (ContainerMetadata container : metadata.getContainers()) {
                if (container.getId().equals(id)) {
                    return new View(id, container.getName(), container.getImage(), container.getImageDigest(), pod,
                            workload, metadata.getLabels(), container.getPrivileged(), container.getStartedAt(),
                            metadata.getHostNetwork(), metadata.getHostPid(), metadata.getHostIpc());
                }
            }
        }
        return new View(id, "", "", "", pod, workload, metadata == null ? Map.of() : metadata.getLabels(),
                false, 0, false, false, false);
    }

    private record View(
            String id, String name, String image, String imageDigest, PodRef pod, WorkloadRef workload,
            Map<String, String> podLabels, boolean privileged, long startedAt, boolean hostNetwork, boolean hostPid,
            boolean hostIpc)
            implements ContainerView {
        @Override
        public String node() {
            return pod.getNode();
        }

        @Override
        public String namespace() {
            return pod.getNamespace();
        }

        @Override
        public String podName() {
            return pod.getName();
        }

        @Override
        public String podUid() {
            return pod.getUid();
        }

        @Override
        public String workloadKind() {
            return pod.getResolved() ? workload.getKind() : "";
        }

        @Override
        public String workloadName() {
            return pod.getResolved() ? workload.getName() : "";
        }
    }
}
