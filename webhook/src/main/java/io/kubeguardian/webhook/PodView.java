package io.kubeguardian.webhook;

import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.WorkloadRef;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose the running pods are, from {@code kubeguardian.pods}: a request to get into one names the pod alone. Read by many
 * threads, written by one. Bounded: beyond the limit no further pod is taken in, which is counted; of it nothing is known.
 */
final class PodView {
    /** By {@code namespace/name}. */
    private final Map<String, Known> pods = new ConcurrentHashMap<>();
    /** {@code namespace/name} by UID: a tombstone has no more. */
    private final Map<String, String> names = new HashMap<>();
    private final String cluster;
    private final int limit;
    private final WebhookMetrics metrics;

    private record Known(String uid, String workload, long updatedMillis) {}

    /** @param limit most pods */
    PodView(String cluster, int limit, WebhookMetrics metrics) {
        this.cluster = cluster;
        this.limit = limit;
        this.metrics = metrics;
    }

    /**
     * @param key the pod's UID
     * @param pod null: nothing is known of it any more
     * @throws MalformedRecordException when the record contradicts its key
     */
    void put(String key, PodMetadata pod) throws MalformedRecordException {
        if (pod != null && !pod.getUid().equals(key)) {
            throw new MalformedRecordException("key is not the record's UID");
        }
        if (pod == null || pod.getDeleted()) {
            String name = names.remove(key);
            if (name != null) {
                pods.computeIfPresent(name, (same, known) -> known.uid.equals(key) ? null : known);
            }
            return;
        }
        if (!pod.getCluster().equals(cluster)) {
            return;
        }
        if (names.size() >= limit && !names.containsKey(key)) {
            metrics.podsDropped.inc();
            return;
        }
        String name = pod.getNamespace() + '/' + pod.getName();
        names.put(key, name);
        Known now = new Known(key, Keys.workload(
                new WorkloadRef(cluster, pod.getNamespace(), pod.getWorkloadKind(), pod.getWorkloadName())), pod.getUpdatedAt());
        // The records of two pods of one name, as a StatefulSet has them, come by two partitions.
        pods.merge(name, now, (before, after) -> before.uid.equals(key) || before.updatedMillis <= after.updatedMillis ? after : before);
    }

    /** Key of the workload whose pod it is; null when it is not known. */
    String workload(String namespace, String pod) {
        Known known = pods.get(namespace + '/' + pod);
        return known == null ? null : known.workload;
    }
}
