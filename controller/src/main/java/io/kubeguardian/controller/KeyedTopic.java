package io.kubeguardian.controller;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A compacted topic as a map: read wholly, then changed key by key. Used by one thread. */
final class KeyedTopic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyedTopic.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String topic;
    private final Map<String, Object> client;
    private final KafkaProducer<byte[], byte[]> producer;

    /** @throws ConfigException when the Kafka settings cannot be used */
    KeyedTopic(KafkaSettings kafka, String topic) {
        this.topic = topic;
        this.client = kafka.client();
        client.put("enable.metrics.push", false);
        client.put("metric.reporters", ""); // no JMX
        client.put("reconnect.backoff.max.ms", 1_000);
        Map<String, Object> sender = new HashMap<>(client);
        sender.put("client.id", "kubeguardian-controller-" + topic);
        sender.put("max.block.ms", 5_000);
        // Well below the lease: what a leader that has lost it had sent must not come behind what the next one sends.
        sender.put("request.timeout.ms", 4_000);
        sender.put("delivery.timeout.ms", 5_000);
        sender.put("buffer.memory", 16 << 20);
        sender.put("compression.type", "lz4");
        sender.put("linger.ms", 5);
        try {
            this.producer = new KafkaProducer<>(sender, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConfigException("kafka: " + cause.getMessage()
                    + "; check kafka.bootstrapServers and kafka.properties", e);
        }
    }

    /**
     * What the topic holds now under the keys that are asked for. Records that cannot be decoded are as if they were
     * not there: what takes their place is sent anew.
     *
     * @throws KafkaException when the broker does not answer, or lacks the topic
     */
    Map<String, byte[]> load(Predicate<String> keys) {
        Map<String, byte[]> records = new HashMap<>();
        Map<String, Object> reader = new HashMap<>(client);
        reader.put("allow.auto.create.topics", false);
        reader.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(reader, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, PATIENCE).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition())).toList();
            if (partitions.isEmpty()) {
                throw new KafkaException("topic " + topic + " does not exist yet");
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            while (partitions.stream().anyMatch(p -> consumer.position(p, PATIENCE) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.key() == null) {
                        continue;
                    }
                    String key = new String(record.key(), StandardCharsets.UTF_8);
                    if (!keys.test(key)) {
                        continue;
                    }
                    if (record.value() == null) {
                        records.remove(key);
                    } else {
                        records.put(key, record.value());
                    }
                }
            }
        }
        return records;
    }

    /** The records of one type among them. */
    static <T extends SpecificRecordBase> Map<String, T> decode(Map<String, byte[]> records, Class<T> type) {
        AvroCodec<T> codec = AvroCodec.of(type);
        Map<String, T> decoded = new HashMap<>();
        records.forEach((key, value) -> {
            try {
                decoded.put(key, codec.decode(value));
            } catch (MalformedRecordException e) {
                LOG.warn("unusable record key={} cause=\"{}\"; it will be replaced", key, e.getMessage());
            }
        });
        return decoded;
    }

    /**
     * Sends changes, null being a tombstone, and waits until the broker has them all.
     *
     * @throws KafkaException when it has not taken one; others may have been taken
     */
    void send(Map<String, byte[]> changes) {
        List<Future<?>> sent = new ArrayList<>();
        changes.forEach((key, value) ->
                sent.add(producer.send(new ProducerRecord<>(topic, Keys.bytes(key), value))));
        producer.flush();
        for (Future<?> each : sent) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new KafkaException(String.valueOf(e.getCause().getMessage()), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaException("interrupted", e);
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(3));
    }
}
