package io.kubeguardian.cli.stack;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning. */
public final class TopicContents {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private TopicContents() {}

    /**
     * All that is on the topic now, in the order of each partition.
     *
     * @param client Kafka client properties
     * @throws UnknownTopicOrPartitionException when there is no such topic
     * @throws org.apache.kafka.common.KafkaException when the broker does not answer
     */
    public static List<ConsumerRecord<byte[], byte[]>> of(Map<String, Object> client, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        each(client, topic, Instant.EPOCH, records::add);
        return records;
    }

    /**
     * As {@link #of}, handed over one by one.
     *
     * @param from records that were sent before are left out; {@link Instant#EPOCH}: none are
     */
    public static void each(
            Map<String, Object> client, String topic, Instant from, Consumer<ConsumerRecord<byte[], byte[]>> take) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(client)) {
            List<TopicPartition> partitions = assign(consumer, topic);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            if (from.isAfter(Instant.EPOCH)) {
                consumer.offsetsForTimes(partitions.stream().collect(Collectors.toMap(p -> p, p -> from.toEpochMilli())), PATIENCE)
                        .forEach((partition, found) -> consumer.seek(partition, found == null ? ends.get(partition) : found.offset()));
            }
            while (partitions.stream().anyMatch(p -> consumer.position(p, PATIENCE) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(100)).forEach(take);
            }
        }
    }

    /**
     * Hands over each record from the topic's beginning, then each as it comes, until one is enough.
     *
     * @param enough is called with each record
     * @return false when that did not happen in time
     */
    public static boolean follow(
            Map<String, Object> client, String topic, Duration time, Predicate<ConsumerRecord<byte[], byte[]>> enough) {
        long end = System.nanoTime() + time.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(client)) {
            assign(consumer, topic);
            while (System.nanoTime() < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    if (enough.test(record)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static List<TopicPartition> assign(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic, PATIENCE).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition())).toList();
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("no topic " + topic);
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return partitions;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("allow.auto.create.topics", false); // a topic that is missing must be told, not made
        properties.put("isolation.level", "read_committed");
        properties.put("fetch.max.wait.ms", 50);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
