package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.policy.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PosturePublisherTest {
    private static final Duration AGAIN = Duration.ofMinutes(30);

    @Test
    void theSameIsToldAgainAfterSomeTimeBecauseItMayHaveBeenTakenBack() throws Exception {
        WebhookMetrics metrics = new WebhookMetrics();
        try (Outbox outbox = new Outbox(new KafkaSettings("127.0.0.1:1", Map.of()), 10, metrics)) {
            PosturePublisher postures = new PosturePublisher(10, AGAIN, outbox, metrics);
            long start = Nanos.of(Reviews.NOW);
            List<Finding> findings = Deciders.decider(70, false, key -> null)
                    .decide(Reviews.request(Reviews.tree("pod-create-privileged.json")), start).findings();

            postures.admitted(Reviews.ORDERS, findings, start);
            postures.admitted(Reviews.ORDERS, findings, start + AGAIN.toNanos() - 1);
            assertThat(metrics.postures.get()).isEqualTo(1);

            postures.admitted(Reviews.ORDERS, findings, start + AGAIN.toNanos());
            postures.admitted(Reviews.ORDERS, findings, start + AGAIN.toNanos() + 1);
            assertThat(metrics.postures.get()).isEqualTo(2);
        }
    }
}
