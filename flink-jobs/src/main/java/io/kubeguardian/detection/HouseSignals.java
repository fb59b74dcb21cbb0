package io.kubeguardian.detection;

import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import java.util.List;

/** For signals about a pod that come with the time and not with a batch. */
final class HouseSignals {
    private HouseSignals() {}

    /**
     * @param key the pod's
     * @param metadata or null
     * @param millis event time
     * @param now the job's clock, nanoseconds since the Unix epoch
     */
    static SignalFactory of(PodState pod, String key, PodMetadata metadata, long millis, long now) {
        EventBatch about = EventBatch.newBuilder()
                .setCluster(pod.cluster)
                .setNode(pod.node)
                .setBootId(pod.bootId)
                .setEpoch(pod.newestEpoch)
                .setNodeSequence(0)
                .setPodSequence(0)
                .setPodUid(key.equals(Keys.events("", pod.node)) ? "" : key)
                .setBaseTime(millis * 1_000_000)
                .setStrings(List.of(""))
                .setProcesses(List.of())
                .build();
        return new SignalFactory(about, new PodContext(about, metadata), pod.ledger.completeness(), now);
    }
}
