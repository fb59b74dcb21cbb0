package io.kubeguardian.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.PostureFinding;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What admission found of workloads, some of which are gone. */
class PostureSyncIT {
    private static final Duration STEP = Duration.ofSeconds(10);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    @Test
    void thePostureOfAWorkloadIsTakenBackOnceItHasHadNoPodsForLong() {
        try (Cluster cluster = new Cluster()) {
            // Given a pod, and postures of it, of a workload that is gone, of one that is told of, and of another cluster
            cluster.client.pods().resource(new PodBuilder().withNewMetadata().withName("orders").withNamespace("shop")
                    .withUid("uid-1").endMetadata().withNewSpec().addNewContainer().withName("a").withImage("a")
                    .endContainer().endSpec().build()).create();
            KubeGuardianConfig config = cluster.config(Map.of("KUBEGUARDIAN_CONTROLLER_POSTURE_SECONDS", "60"));
            String alive = "prod/shop/Pod/orders";
            String gone = "prod/shop/Deployment/gone";
            String told = "prod/shop/Deployment/coming";
            String others = "test/shop/Deployment/gone";
            try (KeyedTopic topic = new KeyedTopic(config.kafka(), Topics.POSTURE)) {
                topic.send(Map.of(alive, posture(alive, now.get()), gone, posture(gone, now.get()),
                        others, posture(others, now.get())));

                // When time goes on, and a webhook tells of pods of the third again and again
                try (PolicyController controller =
                        PolicyController.start(config, cluster.client, "controller-1", new Steps())) {
                    Cluster.await("tombstone", () -> {
                        now.updateAndGet(time -> time.plus(STEP));
                        topic.send(Map.of(told, posture(told, now.get())));
                        return !topic.load(key -> true).containsKey(gone);
                    }, () -> topic.load(key -> true).keySet());

                    // Then that of the one that is gone alone is taken back
                    assertThat(topic.load(key -> true)).containsOnlyKeys(alive, told, others);
                }
            }
        }
    }

    private static byte[] posture(String key, Instant told) {
        String[] parts = key.split("/");
        Posture posture = new Posture(new WorkloadRef(parts[0], parts[1], parts[2], parts[3]),
                List.of(new PostureFinding("seccomp-missing", "medium", "")), TimeUnit.MILLISECONDS.toNanos(told.toEpochMilli()));
        assertThat(Keys.workload(posture.getWorkload())).isEqualTo(key);
        return AvroCodec.of(Posture.class).encode(posture);
    }

    /** Goes on when the test says so. */
    private final class Steps extends Clock {
        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
