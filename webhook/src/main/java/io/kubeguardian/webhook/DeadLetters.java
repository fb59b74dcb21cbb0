package io.kubeguardian.webhook;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes records that could not be used on to {@code kubeguardian.dead-letters}, keyed by
 * {@code topic/partition/offset}: every start reads the risk topic anew, so a consumer drops repeats by key. The
 * producer is made with the first such record. Used by one thread; each send waits at most two seconds for room.
 */
final class DeadLetters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final AvroCodec<DeadLetter> CODEC = AvroCodec.of(DeadLetter.class);
    private static final int MOST_BYTES = 64 << 10;
    private static final int LONGEST_REASON = 500;

    private final Map<String, Object> client;
    private final WebhookMetrics metrics;
    private KafkaProducer<byte[], byte[]> producer;

    /** @param client Kafka client properties, with {@code bootstrap.servers} */
    DeadLetters(Map<String, Object> client, WebhookMetrics metrics) {
        this.client = new HashMap<>(client);
        this.client.put("client.id", "kubeguardian-webhook-dead-letters");
        this.client.put("buffer.memory", 1 << 20);
        this.client.put("max.block.ms", 2_000);
        this.client.put("request.timeout.ms", 5_000);
        this.client.put("delivery.timeout.ms", 10_000);
        this.client.put("linger.ms", 0);
        this.metrics = metrics;
    }

    void send(ConsumerRecord<byte[], byte[]> record, String reason, long nowNanos) {
        byte[] value = record.value() == null ? new byte[0] : record.value();
        boolean truncated = value.length > MOST_BYTES;
        DeadLetter letter = new DeadLetter(record.topic(), record.partition(), record.offset(), "webhook",
                Text.oneLine(reason, LONGEST_REASON), nowNanos,
                ByteBuffer.wrap(truncated ? Arrays.copyOf(value, MOST_BYTES) : value), truncated);
        String key = Keys.deadLetter(letter);
        try {
            producer().send(new ProducerRecord<>(Topics.DEAD_LETTERS, Keys.bytes(key), CODEC.encode(letter)),
                    (metadata, error) -> count(key, error));
        } catch (KafkaException e) {
            count(key, e);
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    private void count(String key, Exception error) {
        metrics.deadLetters.labels(error == null ? "sent" : "failed").inc();
        if (error != null) {
            LOG.warn("dead letter lost record={} cause=\"{}\"", key, error.getMessage());
        }
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(2));
        }
    }
}
