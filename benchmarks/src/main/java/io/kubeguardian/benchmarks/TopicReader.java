package io.kubeguardian.benchmarks;

import io.kubeguardian.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what comes to a topic from now on. */
final class TopicReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;

    TopicReader(EmbeddedKafka kafka, String topic) {
        Map<String, Object> settings = kafka.clientProperties();
        settings.put("group.id", "benchmark-" + System.nanoTime());
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(p.topic(), p.partition())).toList());
        consumer.seekToEnd(consumer.assignment());
        consumer.assignment().forEach(consumer::position); // now, not at the first poll
    }

    /** What came within a tenth of a second; perhaps nothing. */
    ConsumerRecords<byte[], byte[]> poll() {
        return consumer.poll(PATIENCE);
    }

    /** @throws IllegalStateException when nothing comes for so long */
    ConsumerRecords<byte[], byte[]> await(long seconds) {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            ConsumerRecords<byte[], byte[]> records = poll();
            if (!records.isEmpty()) {
                return records;
            }
        }
        throw new IllegalStateException("nothing came for " + seconds + " s");
    }

    @Override
    public void close() {
        consumer.close();
    }
}
