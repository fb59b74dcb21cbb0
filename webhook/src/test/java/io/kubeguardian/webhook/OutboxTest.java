package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.schema.Topics;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutboxTest {
    @Test
    void aRecordThatCannotBeEncodedIsLostAloneAndCounted() throws Exception {
        WebhookMetrics metrics = new WebhookMetrics();
        CountDownLatch lost = new CountDownLatch(1);
        CountDownLatch next = new CountDownLatch(1);
        try (Outbox outbox = new Outbox(new KafkaSettings("127.0.0.1:1", Map.of()), 10, metrics)) {
            outbox.send(Topics.POSTURE, "key", () -> {
                throw new IllegalStateException("no such field");
            }, lost::countDown);
            outbox.send(Topics.POSTURE, "key", () -> {
                next.countDown();
                return new byte[] {1};
            }, () -> {});

            assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(next.await(30, TimeUnit.SECONDS)).as("the outbox goes on").isTrue();
        }

        assertThat(metrics.lostRecords.labels(Topics.POSTURE, "refused").get()).isOne();
    }
}
