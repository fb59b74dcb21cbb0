package io.kubeguardian.collector.ship;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.TopicSetup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of records when Kafka is away. */
class ShipperIT {
    private final LossCounters losses = new LossCounters();

    @Test
    void whatKafkaHasNotTakenWhenItClosesIsCounted() {
        Shipper shipper = new Shipper(Map.of("bootstrap.servers", "127.0.0.1:1"), 100, losses);
        for (int i = 0; i < 10; i++) {
            shipper.accept(batch(), 2, 3);
        }

        shipper.close();

        assertThat(losses.get(EventClass.PRECIOUS, LossCause.SEND_FAILED)).isEqualTo(20);
        assertThat(losses.get(EventClass.BULK, LossCause.SEND_FAILED)).isEqualTo(30);
        assertThat(shipper.batchesSent()).isZero();
    }

    @Test
    void aNodeWithoutEventsIsHealthyAgainWhenItsHealthIsTaken() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                Shipper shipper = new Shipper(kafka.clientProperties(), 100, losses)) {
            shipper.send(health()); // there is no such topic yet
            assertThat(shipper.healthy()).isFalse();
            TopicSetup.createMissing(kafka.clientProperties(), 1);

            long deadline = System.nanoTime() + 60_000_000_000L;
            while (!shipper.healthy() && System.nanoTime() < deadline) {
                shipper.send(health());
                Thread.sleep(100);
            }

            assertThat(shipper.healthy()).isTrue();
        }
    }

    private static EventBatch batch() {
        EventBatchBuilder builder = new EventBatchBuilder();
        builder.addExit(1, builder.process(1, 1, 1, "", "x", 0, 0), 0);
        return builder.build();
    }

    private static CollectorHealth health() {
        return CollectorHealth.newBuilder().setCluster("c").setNode("n").setBootId("b").setEpoch(1).setTime(1)
                .setSensors(List.of()).build();
    }
}
