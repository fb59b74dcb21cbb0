package io.kubeguardian.ingest.ship;

import io.kubeguardian.ingest.ship.Portion.Outgoing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends portions to Kafka in their order and never gives one up: while Kafka is away what was begun waits, and so does
 * whoever has more. What waits is bounded in number; portions are bounded in size by those who make them.
 */
public final class Sender implements AutoCloseable {
    /** Portions waiting to be sent. */
    static final int QUEUED = 16;
    /** Portions sent and not acknowledged. */
    private static final int UNACKNOWLEDGED = 16;
    private static final long PAUSE_MILLIS = 1_000;
    private static final long SHORT_PAUSE_MILLIS = 100;
    /** Kafka answers within this, or it is away. */
    private static final long LONGEST_ANSWER_NANOS = 5_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    /** Is told what becomes of records, by several threads. */
    public interface Listener {
        void sent(String topic, int bytes);

        /** One attempt failed; it is tried again. */
        void failed(String topic);

        /** Kafka does not take a record of this size, now or ever. */
        void tooLarge(String topic, int bytes);
    }

    private final Map<String, Object> settings;
    private final Listener listener;
    private final BlockingQueue<Portion> queue = new ArrayBlockingQueue<>(QUEUED);
    private final Deque<Portion> unacknowledged = new ArrayDeque<>();
    private final Thread thread;
    private KafkaProducer<byte[], byte[]> producer;
    private volatile boolean producerFailed;
    private volatile boolean failing;
    /** When the oldest portion without an answer was sent, as {@link System#nanoTime()}; 0: there is none. */
    private volatile long waitingSince;
    private volatile boolean closing;

    /** @param client Kafka client properties, with {@code bootstrap.servers} */
    public Sender(Map<String, Object> client, Listener listener) {
        this.settings = producerSettings(client);
        this.listener = listener;
        this.producer = newProducer();
        this.thread = Thread.ofPlatform().name("kg-sender").start(this::run);
    }

    private static Map<String, Object> producerSettings(Map<String, Object> client) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        // Kafka may be away for as long as it likes: the order of records stays only if nothing is given up meanwhile.
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        settings.put("enable.metrics.push", false);
        settings.putAll(client);
        return settings;
    }

    private KafkaProducer<byte[], byte[]> newProducer() {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Waits for room. */
    public void put(Portion portion) throws InterruptedException {
        portion.complete();
        queue.put(portion);
    }

    /** Whether {@link #put} would not wait, as long as nobody else puts. */
    public boolean hasRoom() {
        return queue.remainingCapacity() > 0;
    }

    /** Portions that wait to be sent. */
    public int queued() {
        return queue.size();
    }

    /** False while Kafka does not take records. */
    public boolean healthy() {
        long since = waitingSince;
        return !failing && (since == 0 || System.nanoTime() - since < LONGEST_ANSWER_NANOS);
    }

    /** Whether its thread still runs. */
    public boolean alive() {
        return thread.isAlive();
    }

    private void run() {
        try {
            while (!closing || !queue.isEmpty() || !unacknowledged.isEmpty()) {
                while (!unacknowledged.isEmpty() && unacknowledged.peekFirst().done().isDone()) {
                    unacknowledged.removeFirst();
                }
                waitingSince = unacknowledged.isEmpty() ? 0 : unacknowledged.getFirst().sentNanos();
                if (producerFailed) {
                    startOver();
                }
                Portion next = unacknowledged.size() < UNACKNOWLEDGED ? queue.poll(20, TimeUnit.MILLISECONDS) : null;
                if (next != null) {
                    next.begin();
                    unacknowledged.addLast(next);
                    send(next);
                } else if (!unacknowledged.isEmpty()) {
                    awaitFirst();
                }
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt(); // closing does not wait any longer
        } catch (RuntimeException | Error e) {
            LOG.error("event=sender-stopped", e);
        }
    }

    private void awaitFirst() throws InterruptedException {
        try {
            unacknowledged.getFirst().done().get(20, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // looked after again
        } catch (ExecutionException e) {
            throw new IllegalStateException("a portion never fails", e);
        }
    }

    private void send(Portion portion) throws InterruptedException {
        for (Outgoing outgoing : portion.records()) {
            if (!outgoing.settled && !producerFailed) {
                send(portion, outgoing);
            }
        }
    }

    /** Until the producer takes it; what the broker then says comes later. */
    private void send(Portion portion, Outgoing outgoing) throws InterruptedException {
        while (!producerFailed) {
            try {
                Future<RecordMetadata> sent =
                        producer.send(outgoing.record, (metadata, error) -> answered(portion, outgoing, error));
                if (!sent.isDone() || outgoing.settled) {
                    return;
                }
                sent.get(); // failed at once: without metadata, or without room
                return;
            } catch (InterruptException e) {
                throw e;
            } catch (ExecutionException e) {
                Thread.sleep(SHORT_PAUSE_MILLIS); // it was told by answered()
            } catch (KafkaException | IllegalStateException e) {
                failed(outgoing, e);
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** In the producer's thread, or in ours where it fails at once. */
    private void answered(Portion portion, Outgoing outgoing, Exception error) {
        String topic = outgoing.record.topic();
        int bytes = outgoing.record.value().length;
        if (error == null) {
            listener.sent(topic, bytes);
            recovered();
            portion.settled(outgoing);
        } else if (error instanceof RecordTooLargeException) {
            LOG.warn("event=record-too-large topic={} bytes={}", topic, bytes);
            listener.tooLarge(topic, bytes);
            portion.settled(outgoing);
        } else {
            failed(outgoing, error);
            if (Thread.currentThread() != thread) { // ours tries again by itself
                producerFailed = true;
            }
        }
    }

    /** What the old producer had begun is void with it; nothing of it is forgotten. */
    private void startOver() throws InterruptedException {
        producer.close(Duration.ZERO);
        Thread.sleep(PAUSE_MILLIS);
        producer = newProducer();
        producerFailed = false;
        for (Portion portion : unacknowledged) {
            send(portion);
        }
    }

    private void failed(Outgoing outgoing, Exception error) {
        listener.failed(outgoing.record.topic());
        if (!failing) { // once per outage: the counter tells the rest
            failing = true;
            LOG.warn("event=send-failed topic={} error=\"{}\"", outgoing.record.topic(), error.getMessage());
        }
    }

    private void recovered() {
        if (failing) {
            failing = false;
            LOG.info("event=send-recovered");
        }
    }

    /**
     * Sends what waits, for so long at most. Nothing must be put any more.
     *
     * @return whether Kafka has all of it
     */
    public boolean close(Duration patience) {
        closing = true;
        try {
            if (!thread.join(patience)) {
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ZERO);
        return queue.isEmpty() && unacknowledged.stream().allMatch(portion -> portion.done().isDone());
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
