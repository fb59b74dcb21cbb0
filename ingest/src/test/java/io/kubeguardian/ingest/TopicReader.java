package io.kubeguardian.ingest;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.MalformedRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what stands on a topic. */
public final class TopicReader {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private TopicReader() {}

    /** Everything from the topic's beginning, as soon as it satisfies the condition; else what is there at last. */
    public static <T extends SpecificRecordBase> List<T> records(
            Map<String, Object> client, String topic, Class<T> type, Predicate<List<T>> until) {
        return read(client, topic, type, (records, atEnd) -> until.test(records));
    }

    /** Everything that is there now. */
    public static <T extends SpecificRecordBase> List<T> all(Map<String, Object> client, String topic, Class<T> type) {
        return read(client, topic, type, (records, atEnd) -> atEnd);
    }

    private static <T extends SpecificRecordBase> List<T> read(
            Map<String, Object> client, String topic, Class<T> type, BiPredicate<List<T>, Boolean> until) {
        AvroCodec<T> codec = AvroCodec.of(type);
        List<T> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            List<TopicPartition> partitions = List.of();
            while (partitions.isEmpty() && System.nanoTime() < end) { // a broker that has just started may not know yet
                partitions = consumer.partitionsFor(topic).stream()
                        .map(p -> new TopicPartition(topic, p.partition())).toList();
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (System.nanoTime() < end && !until.test(records,
                    ends.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue()))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    records.add(codec.decode(record.value()));
                }
            }
        } catch (MalformedRecordException e) {
            throw new AssertionError(e);
        }
        return records;
    }
}
