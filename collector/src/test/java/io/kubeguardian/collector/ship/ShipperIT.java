package io.kubeguardian.collector.ship;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.batch.BatchContents;
import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.PreciousMask;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of records when Kafka is away. */
class ShipperIT {
    private static final long SMALL = 4 << 20;
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final LossCounters losses = new LossCounters();
    private final KafkaErrors errors = new KafkaErrors();
    private int offered;

    @Test
    void whatKafkaHasNotTakenWhenItClosesIsCounted() {
        Shipper shipper = new Shipper(Map.of("bootstrap.servers", "127.0.0.1:1"), SMALL, SOON, losses, errors);
        for (int i = 0; i < 10; i++) {
            offer(shipper, 2, 3, 1);
        }

        shipper.close();

        assertThat(losses.get(EventClass.PRECIOUS, LossCause.SEND_FAILED)).isEqualTo(20);
        assertThat(losses.get(EventClass.BULK, LossCause.SEND_FAILED)).isEqualTo(30);
        assertThat(shipper.status().batchesSent()).isZero();
    }

    @Test
    void batchesWaitForABrokerThatIsNotThereYet() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (Shipper shipper = new Shipper(Map.of("bootstrap.servers", "127.0.0.1:" + port), SMALL, LONG, losses, errors)) {
            for (int i = 0; i < 20; i++) {
                offer(shipper, 1, 1, 1);
            }
            await(() -> errors.get(KafkaErrors.Kind.UNREACHABLE) >= 3);
            assertThat(shipper.problem()).contains("127.0.0.1:" + port, "has acknowledged nothing yet");

            try (EmbeddedKafka kafka = EmbeddedKafka.start(port, folder.resolve("kafka"))) {
                TopicSetup.createMissing(kafka.clientProperties(), 1);
                await(() -> shipper.status().batchesSent() == 20);

                assertThat(losses.losses()).isEmpty();
                assertThat(shipper.problem()).isEmpty();
                assertThat(read(kafka)).extracting(EventBatch::getPodSequence)
                        .containsExactlyElementsOf(java.util.stream.LongStream.range(0, 20).boxed().toList());
            }
        }
    }

    @Test
    void whileKafkaIsAwayMemoryIsBoundedBulkEventsGoFirstAndPreciousOnesArriveWhenItIsBack() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(0, folder.resolve("kafka"))) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            try (Shipper shipper = new Shipper(kafka.clientProperties(), SMALL, LONG, losses, errors)) {
                offer(shipper, 1, 1, 1);
                await(() -> shipper.status().batchesSent() == 1);
                kafka.stop();

                int mixed = 2_500; // some 10 kB each, of which 9 kB are bulk: many times the bound, and less than it
                for (int i = 0; i < mixed; i++) {
                    offer(shipper, 4, 100, 80);
                    BacklogStatus now = shipper.status().backlog();
                    assertThat(now.waitingBytes() + now.inFlightBytes()).isLessThanOrEqualTo(SMALL);
                }
                assertThat(losses.get(EventClass.BULK, LossCause.QUEUE_FULL)).isPositive();
                assertThat(losses.get(EventClass.PRECIOUS, LossCause.QUEUE_FULL)).isZero();

                kafka.restart();
                await(() -> shipper.status().backlog().waiting() + shipper.status().backlog().inFlight() == 0);
                offer(shipper, 1, 1, 1);
                await(() -> shipper.status().batchesSent() == mixed + 2);

                List<EventBatch> read = read(kafka);
                assertThat(read).extracting(EventBatch::getPodSequence)
                        .containsExactlyElementsOf(java.util.stream.LongStream.range(0, mixed + 2).boxed().toList());
                assertThat(read.stream().mapToLong(b -> b.getExits().size()).sum()).isEqualTo(4L * mixed + 2);
                assertThat(read.stream().mapToLong(b -> b.getOpens().size()).sum()
                        + losses.get(EventClass.BULK, LossCause.QUEUE_FULL)).isEqualTo(100L * mixed + 2);
                assertThat(losses.get(EventClass.PRECIOUS, LossCause.SEND_FAILED)).isZero();
            }
        }
    }

    @Test
    void aNodeWithoutEventsIsHealthyAgainWhenItsHealthIsTaken() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(0, folder.resolve("kafka"));
                Shipper shipper = new Shipper(kafka.clientProperties(), SMALL, SOON, losses, errors)) {
            shipper.send(health());
            await(() -> errors.get(KafkaErrors.Kind.UNKNOWN_TOPIC) == 1);
            assertThat(shipper.problem()).contains("last error: Topic " + Topics.COLLECTOR_HEALTH + " not present");
            TopicSetup.createMissing(kafka.clientProperties(), 1);

            await(() -> {
                shipper.send(health());
                return shipper.problem().isEmpty();
            });

            assertThat(shipper.problem()).isEmpty();
        }
    }

    @Test
    void auditWaitsForABrokerThatIsAwayAndIsCountedWhenItNeverComes() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(0, folder.resolve("kafka"))) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            try (Shipper shipper = new Shipper(kafka.clientProperties(), SMALL, LONG, losses, errors)) {
                offer(shipper, 1, 1, 1);
                await(() -> shipper.status().batchesSent() == 1);
                kafka.stop();
                for (int i = 0; i < 5; i++) {
                    shipper.send("d", audit(i));
                }

                kafka.restart();

                await(() -> shipper.status().backlog().waiting() + shipper.status().backlog().inFlight() == 0);
                assertThat(values(kafka, Topics.CONTAINMENT_AUDIT, ContainmentAudit.class))
                        .extracting(ContainmentAudit::getTime).containsExactly(0L, 1L, 2L, 3L, 4L);
                assertThat(shipper.status().auditRecordsLost()).isZero();
            }
        }
        Shipper shipper = new Shipper(Map.of("bootstrap.servers", "127.0.0.1:1"), SMALL, SOON, losses, errors);
        shipper.send("d", audit(5));
        shipper.send("d", audit(6));
        shipper.close();
        assertThat(shipper.status().auditRecordsLost()).isEqualTo(2);
        assertThat(shipper.status().recordsLost()).isEqualTo(2);
    }

    @Test
    void anAuditTopicThatIsMissingHoldsUpNoEvents() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(0, folder.resolve("kafka"));
                Shipper shipper = new Shipper(kafka.clientProperties(), SMALL, SOON, losses, errors)) {
            try (Admin admin = Admin.create(kafka.clientProperties())) {
                admin.createTopics(List.of(new NewTopic(Topics.EVENTS, 1, (short) 1))).all().get();
            }

            shipper.send("d", audit(1));

            offer(shipper, 1, 1, 1);
            await(() -> shipper.status().batchesSent() == 1);
            assertThat(shipper.status().auditRecordsLost()).isEqualTo(1);
            assertThat(losses.losses()).isEmpty();
        }
    }

    private static void await(BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("does not come true");
            }
            Thread.sleep(20);
        }
    }

    private static List<EventBatch> read(EmbeddedKafka kafka) throws Exception {
        return values(kafka, Topics.EVENTS, EventBatch.class);
    }

    private static <T extends SpecificRecordBase> List<T> values(EmbeddedKafka kafka, String topic, Class<T> type)
            throws Exception {
        List<T> values = new ArrayList<>();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                kafka.clientProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(AvroCodec.of(type).decode(record.value()));
                }
            }
        }
        return values;
    }

    private void offer(Shipper shipper, int precious, int bulk, int length) {
        shipper.accept(batch(precious, bulk, length), new BatchContents(precious, bulk, PreciousMask.NONE));
    }

    /** @param length of each bulk event's path, characters */
    private EventBatch batch(int precious, int bulk, int length) {
        EventBatchBuilder builder = new EventBatchBuilder();
        int process = builder.process(1, 1, 1, "", "x", 0, 0);
        for (int i = 0; i < precious; i++) {
            builder.addExit(i, process, 0);
        }
        for (int i = 0; i < bulk; i++) {
            builder.addOpen(i, process, "/" + offered + '/' + i + "x".repeat(length), 0, 0, 3, 0);
        }
        EventBatch batch = builder.build();
        batch.setPodSequence(offered++);
        batch.setPodUid("pod");
        return batch;
    }

    private static ContainmentAudit audit(long time) {
        return ContainmentAudit.newBuilder().setId("n/1/" + time).setCluster("c").setNode("n").setBootId("b").setTime(time)
                .setEvent(AuditEvent.APPLIED).setDecisionId("d").setPodUid("p").setContainerId("")
                .setWorkload(new WorkloadRef("c", "ns", "Deployment", "w")).setIssuedBy("cli").setRequestedBy("ana")
                .setReason("r").setIssuedTime(1).setExpiresTime(2).setModes(List.of()).build();
    }

    private static CollectorHealth health() {
        return CollectorHealth.newBuilder().setCluster("c").setNode("n").setBootId("b").setEpoch(1).setTime(1)
                .setSensors(List.of()).build();
    }
}
