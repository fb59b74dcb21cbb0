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
        return decoded(type, read(client, topic, (values, atEnd) -> until.test(decoded(type, values))));
    }

    /** Everything that is there now. */
    public static <T extends SpecificRecordBase> List<T> all(Map<String, Object> client, String topic, Class<T> type) {
        return decoded(type, read(client, topic, (values, atEnd) -> atEnd));
    }

    /** As {@link #records}, of a topic that is not Avro. */
    public static List<byte[]> values(Map<String, Object> client, String topic, Predicate<List<byte[]>> until) {
        return read(client, topic, (values, atEnd) -> until.test(values));
    }

    private static <T extends SpecificRecordBase> List<T> decoded(Class<T> type, List<byte[]> values) {
        AvroCodec<T> codec = AvroCodec.of(type);
        List<T> records = new ArrayList<>();
        try {
            for (byte[] value : values) {
                records.add(codec.decode(value));
            }
        } catch (MalformedRecordException e) {
            throw new AssertionError(e);
        }
        return records;
    }

    private static List<byte[]> read(
            Map<String, Object> client, String topic, BiPredicate<List<byte[]>, Boolean> until) {
        List<byte[]> values = new ArrayList<>();
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
            boolean enough = false;
            while (System.nanoTime() < end && !enough) {
                int before = values.size();
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    values.add(record.value());
                }
                boolean atEnd = ends.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
                enough = (atEnd || values.size() > before) && until.test(values, atEnd);
            }
        }
        return values;
    }
}
