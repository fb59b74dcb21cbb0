package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Labels by which a policy can name a workload's pods. */
final class PodLabels {
    /** Labels that differ from rollout to rollout, or from pod to pod. */
    private static final Set<String> CHANGING = Set.of("pod-template-hash", "controller-revision-hash",
            "pod-template-generation", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
            "batch.kubernetes.io/controller-uid", "controller-uid", "batch.kubernetes.io/job-name", "job-name");

    private PodLabels() {}

    /** Those that all known pods of the workload have; empty when there are none. */
    static Map<String, String> common(Map<String, Object> client, WorkloadRef workload) {
        AvroCodec<PodMetadata> codec = AvroCodec.of(PodMetadata.class);
        Map<String, PodMetadata> pods = new TreeMap<>();
        for (var record : TopicContents.of(client, Topics.PODS)) {
            try {
                PodMetadata pod = record.value() == null ? null : codec.decode(record.value());
                if (pod != null && pod.getCluster().equals(workload.getCluster())
                        && pod.getNamespace().equals(workload.getNamespace())
                        && (pod.getWorkloadKind().equals(workload.getKind()) && pod.getWorkloadName().equals(workload.getName())
                                || workload.getKind().equals("Pod") && pod.getName().equals(workload.getName()))) {
                    pods.put(pod.getUid(), pod);
                }
            } catch (MalformedRecordException e) {
                // a pod that cannot be read has no say; the job tells of it
            }
        }
        Map<String, String> common = null;
        for (PodMetadata pod : pods.values()) {
            if (common == null) {
                common = new TreeMap<>(pod.getLabels());
            } else {
                common.entrySet().retainAll(pod.getLabels().entrySet());
            }
        }
        if (common == null) {
            return Map.of();
        }
        common.keySet().removeAll(CHANGING);
        return common;
    }
}
