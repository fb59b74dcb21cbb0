package io.kubeguardian.webhook;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.schema.Keys;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records to Kafka beside the answers: putting one in never waits. A thread of its own encodes and sends; while the broker
 * is away it holds what fits into a bounded queue and the producer's buffer, and counts the rest as lost.
 */
final class Outbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int BLOCK_MILLIS = 2_000;
    private static final Duration TIME_TO_STOP = Duration.ofSeconds(2);

    private final BlockingQueue<Letter> queue;
    private final WebhookMetrics metrics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean losing;
    /** Why the record just sent did not get into the producer's buffer; null: it did. */
    private Exception refusal;

    /**
     * @param value encodes it; called on the outbox's thread
     * @param lost is told when it did not reach the topic, on any thread
     */
    private record Letter(String topic, String key, Supplier<byte[]> value, Runnable lost) {}

    /**
     * @param limit most records that wait
     * @throws ConfigException when the Kafka settings cannot be used
     */
    Outbox(KafkaSettings kafka, int limit, WebhookMetrics metrics) {
        this.queue = new ArrayBlockingQueue<>(limit);
        this.metrics = metrics;
        metrics.outbox(queue::size);
        Map<String, Object> client = kafka.client();
        client.put("client.id", "kubeguardian-webhook-outbox");
        client.put("enable.metrics.push", false);
        client.put("metric.reporters", ""); // no JMX
        client.put("reconnect.backoff.max.ms", 1_000);
        client.put("buffer.memory", BUFFER_BYTES);
        client.put("max.block.ms", BLOCK_MILLIS);
        client.put("compression.type", "lz4");
        client.put("linger.ms", 50);
        try {
            this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConfigException("kafka: " + cause.getMessage()
                    + "; check kafka.bootstrapServers and kafka.properties", e);
        }
        this.thread = Thread.ofPlatform().name("outbox").daemon().unstarted(this::run);
        thread.start();
    }

    /**
     * Puts a record in, or counts it as lost; returns at once.
     *
     * @param value encodes it, later, on another thread
     * @param lost is told when it did not reach the topic, on any thread
     */
    void send(String topic, String key, Supplier<byte[]> value, Runnable lost) {
        if (closed || !queue.offer(new Letter(topic, key, value, lost))) {
            metrics.lostRecords.labels(topic, "queue").inc();
            lost.run();
        }
    }

    private void run() {
        try {
            while (!closed) {
                Letter letter = queue.poll(1, TimeUnit.SECONDS);
                if (letter != null) {
                    send(letter);
                }
            }
            for (Letter letter = queue.poll(); letter != null; letter = queue.poll()) {
                send(letter);
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("outbox stopped");
        }
        for (Letter letter = queue.poll(); letter != null; letter = queue.poll()) {
            lost(letter.topic, letter.lost, "closed", null);
        }
    }

    /** Waits for room in the producer's buffer as long as it takes: meanwhile the queue fills, and what does not fit is lost. */
    private void send(Letter letter) {
        String topic = letter.topic;
        Runnable lost = letter.lost;
        ProducerRecord<byte[], byte[]> record;
        try {
            record = new ProducerRecord<>(topic, Keys.bytes(letter.key), letter.value.get());
        } catch (RuntimeException e) { // its own fault, and not that of those behind it
            lost(topic, lost, "refused", e);
            return;
        }
        do {
            refusal = null;
            try {
                producer.send(record, (metadata, error) -> done(topic, lost, error)); // holds on to bytes alone
            } catch (InterruptException e) {
                lost(topic, lost, "closed", null);
                throw e;
            } catch (KafkaException e) {
                refusal = e;
            }
        } while (refusal instanceof RetriableException && !closed);
        if (refusal != null) {
            lost(topic, lost, refusal instanceof RetriableException ? "closed" : "refused", refusal);
        }
    }

    /** On the outbox's own thread: it never got as far as the producer's buffer. */
    private void done(String topic, Runnable lost, Exception error) {
        if (error == null) {
            metrics.sentRecords.labels(topic).inc();
            losing = false;
        } else if (Thread.currentThread() == thread) {
            refusal = error;
        } else {
            lost(topic, lost, "broker", error);
        }
    }

    private void lost(String topic, Runnable whenLost, String cause, Exception error) {
        metrics.lostRecords.labels(topic, cause).inc();
        whenLost.run();
        if (error != null && !losing) { // once, until one is sent again
            losing = true;
            LOG.warn("records are lost, see kubeguardian_webhook_records_lost_total topic={} cause=\"{}\"", topic,
                    Text.oneLine(String.valueOf(error.getMessage()), 300));
        }
    }

    /** Sends what waits, for some seconds at most. */
    @Override
    public void close() {
        closed = true;
        try {
            if (!thread.join(TIME_TO_STOP)) {
                thread.interrupt();
                thread.join(TIME_TO_STOP);
            }
            producer.close(TIME_TO_STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            producer.close(Duration.ZERO);
        }
    }
}
