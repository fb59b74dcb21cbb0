package io.kubeguardian.collector;

import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a topic from its beginning until something is there. */
final class TopicTail<T extends SpecificRecordBase> implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    final List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    final List<T> values = new ArrayList<>();
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final AvroCodec<T> codec;

    TopicTail(EmbeddedKafka kafka, String topic, Class<T> type) {
        Map<String, Object> client = kafka.clientProperties();
        client.put("auto.offset.reset", "earliest");
        consumer = new KafkaConsumer<>(client, new StringDeserializer(), new ByteArrayDeserializer());
        partitions = consumer.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        codec = AvroCodec.of(type);
    }

    /** Reads until the values satisfy the condition. @throws IllegalStateException when they never do */
    List<T> await(Predicate<List<T>> condition) throws Exception {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.test(values)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not there in time; read so far: " + values);
            }
            read();
        }
        return values;
    }

    /** All that is there now. */
    List<T> all() throws Exception {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            read();
        }
        return values;
    }

    private void read() throws Exception {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            records.add(record);
            values.add(codec.decode(record.value()));
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
