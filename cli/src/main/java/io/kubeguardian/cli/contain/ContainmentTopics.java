package io.kubeguardian.cli.contain;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionCheck;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What the command reads from Kafka and writes to it. */
final class ContainmentTopics {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(200);

    /** What a node says of a decision. */
    record Answer(String node, long time, ContainmentStatus status) {}

    private final Map<String, Object> client;

    /** @param client Kafka client properties, with {@code bootstrap.servers} */
    ContainmentTopics(Map<String, Object> client) {
        this.client = new HashMap<>(client);
        this.client.putIfAbsent("default.api.timeout.ms", (int) PATIENCE.toMillis());
    }

    /** Every pod that is known now. */
    Pods pods() {
        return new Pods(DecodedRecords.latest(client, Topics.PODS, AvroCodec.of(PodMetadata.class), "").values());
    }

    /** Decisions that are neither taken back nor over. One that no collector would use is named on standard error. */
    List<Decision> decisions() {
        long now = System.currentTimeMillis() * 1_000_000;
        return DecodedRecords.latest(client, Topics.DECISIONS, AvroCodec.of(Decision.class), "").values().stream()
                .filter(decision -> !decision.getReleased() && decision.getExpiresTime() > now)
                .filter(decision -> !DecisionCheck.isOfWorkload(decision)) // of new pods: nothing is contained by it
                .filter(ContainmentTopics::isUsable).toList();
    }

    private static boolean isUsable(Decision decision) {
        try {
            DecisionCheck.check(decision);
            return true;
        } catch (MalformedRecordException e) {
            System.err.println("kubeguardian: " + Topics.DECISIONS + ": " + Texts.line(e.getMessage()));
            return false;
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("allow.auto.create.topics", false);
        properties.put("isolation.level", "read_committed");
        properties.put("fetch.max.wait.ms", 50);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> assign(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic, PATIENCE).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition())).toList();
        if (partitions.isEmpty()) {
            throw new UserError("there is no topic " + topic + " on this broker: is it the right one?");
        }
        consumer.assign(partitions);
        return partitions;
    }

    void publish(Decision decision) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("max.block.ms", PATIENCE.toMillis());
        properties.put("enable.idempotence", true);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.DECISIONS, Keys.bytes(Keys.decision(decision)),
                    AvroCodec.of(Decision.class).encode(decision))).get();
        } catch (ExecutionException e) {
            throw new UserError("Kafka did not take the decision: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    /** Reads what collectors say from now on, and before that what they said lately. */
    final class Answers implements AutoCloseable {
        private final KafkaConsumer<byte[], byte[]> consumer = consumer();
        private final AvroCodec<CollectorHealth> codec = AvroCodec.of(CollectorHealth.class);
        private final Map<String, Answer> latest = new HashMap<>();

        /** @param back how far to begin before now */
        Answers(Duration back) {
            List<TopicPartition> partitions = assign(consumer, Topics.COLLECTOR_HEALTH);
            Map<TopicPartition, Long> times = new HashMap<>();
            long from = System.currentTimeMillis() - back.toMillis();
            partitions.forEach(partition -> times.put(partition, from));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times);
            partitions.forEach(partition -> consumer.seek(partition,
                    starts.get(partition) == null ? ends.get(partition) : starts.get(partition).offset()));
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                poll(POLL);
            }
        }

        private void poll(Duration time) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
                DecodedRecords.value(codec, record).ifPresent(health -> health.getContainments().forEach(status ->
                        latest.put(status.getDecisionId(), new Answer(health.getNode(), health.getTime(), status))));
            }
        }

        /** The latest of this decision; null when no collector has spoken of it. */
        Answer of(String decisionId) {
            return latest.get(decisionId);
        }

        /** Waits for one that satisfies the condition; null when none does in time. */
        Answer await(String decisionId, Predicate<ContainmentStatus> condition, Duration patience) {
            long end = System.nanoTime() + patience.toNanos();
            while (true) {
                Answer answer = latest.get(decisionId);
                if (answer != null && condition.test(answer.status())) {
                    return answer;
                }
                if (System.nanoTime() > end) {
                    return null;
                }
                poll(POLL);
            }
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
