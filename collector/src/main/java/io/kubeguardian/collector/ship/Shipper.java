package io.kubeguardian.collector.ship;

import io.kubeguardian.collector.batch.BatchSink;
import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends to Kafka. Batches wait as bytes in a queue that is bounded in number and size, so the thread that empties the
 * kernel's rings never waits for the network; what does not fit, or Kafka gives up on, is counted.
 */
public final class Shipper implements BatchSink, AutoCloseable {
    /** Bytes that may wait, whatever the number of batches. */
    static final long MOST_QUEUED_BYTES = 8 << 20;
    private static final int PRODUCER_BUFFER_BYTES = 8 << 20;
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);

    private record Queued(String key, byte[] value, long timeMillis, int precious, int bulk) {}

    private final AvroCodec<EventBatch> batches = AvroCodec.of(EventBatch.class);
    private final AvroCodec<CollectorHealth> health = AvroCodec.of(CollectorHealth.class);
    private final AvroCodec<ContainmentAudit> audit = AvroCodec.of(ContainmentAudit.class);
    private final AvroCodec<DeadLetter> deadLetters = AvroCodec.of(DeadLetter.class);
    private final LossCounters losses;
    private final BlockingQueue<Queued> queue;
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong batchesSent = new AtomicLong();
    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean failing;

    /**
     * @param client Kafka client properties, with {@code bootstrap.servers}
     * @param queueBatches most batches that wait
     */
    public Shipper(Map<String, Object> client, int queueBatches, LossCounters losses) {
        this.losses = losses;
        this.queue = new ArrayBlockingQueue<>(queueBatches);
        this.producer = new KafkaProducer<>(producerSettings(client), new ByteArraySerializer(),
                new ByteArraySerializer());
        this.thread = Thread.ofPlatform().name("kg-shipper").start(this::run);
    }

    private static Map<String, Object> producerSettings(Map<String, Object> client) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, PRODUCER_BUFFER_BYTES);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
        settings.put(ProducerConfig.METRICS_NUM_SAMPLES_CONFIG, 1);
        settings.put("enable.metrics.push", false);
        settings.putAll(client);
        return settings;
    }

    @Override
    public void accept(EventBatch batch, int precious, int bulk) {
        byte[] value = batches.encode(batch);
        Queued item = new Queued(Keys.events(batch), value, batch.getBaseTime() / 1_000_000, precious, bulk);
        if (queuedBytes.get() + value.length > MOST_QUEUED_BYTES || !queue.offer(item)) {
            count(item, LossCause.QUEUE_FULL);
            return;
        }
        queuedBytes.addAndGet(value.length);
    }

    private void run() {
        try {
            while (!closing || !queue.isEmpty()) {
                Queued item = queue.poll(100, TimeUnit.MILLISECONDS);
                if (item != null) {
                    queuedBytes.addAndGet(-item.value().length);
                    send(item);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closing did not wait: what is queued is given up, and counted
            queue.forEach(item -> count(item, LossCause.SEND_FAILED));
        }
    }

    private void send(Queued item) {
        try {
            producer.send(new ProducerRecord<>(Topics.EVENTS, null, item.timeMillis(), Keys.bytes(item.key()),
                    item.value()), (metadata, error) -> {
                        if (error == null) {
                            batchesSent.incrementAndGet();
                            bytesSent.addAndGet(item.value().length);
                            recovered();
                        } else {
                            count(item, LossCause.SEND_FAILED);
                            failed(Topics.EVENTS, error);
                        }
                    });
        } catch (KafkaException | IllegalStateException e) {
            count(item, LossCause.SEND_FAILED);
            failed(Topics.EVENTS, e);
        }
    }

    /** Sends a health record; keyed by node. Never blocks longer than the producer's {@code max.block.ms}. */
    public void send(CollectorHealth record) {
        sendOther(Topics.COLLECTOR_HEALTH, record.getNode(), health.encode(record));
    }

    /** Sends a record that could not be used; keyed by where it came from. */
    public void send(DeadLetter record) {
        sendOther(Topics.DEAD_LETTERS, record.getTopic() + '/' + record.getPartition(), deadLetters.encode(record));
    }

    /** Sends an audit record, and tells whether Kafka has taken it. */
    public void send(String key, ContainmentAudit record, Consumer<Boolean> done) {
        sendOther(Topics.CONTAINMENT_AUDIT, key, audit.encode(record), done);
    }

    private void sendOther(String topic, String key, byte[] value) {
        sendOther(topic, key, value, sent -> {});
    }

    private void sendOther(String topic, String key, byte[] value, Consumer<Boolean> done) {
        try {
            producer.send(new ProducerRecord<>(topic, Keys.bytes(key), value), (metadata, error) -> {
                if (error == null) {
                    recovered();
                } else {
                    failed(topic, error);
                }
                done.accept(error == null);
            });
        } catch (KafkaException | IllegalStateException e) {
            failed(topic, e);
            done.accept(false);
        }
    }

    private void count(Queued item, LossCause cause) {
        losses.add(EventClass.PRECIOUS, cause, item.precious());
        losses.add(EventClass.BULK, cause, item.bulk());
    }

    private void failed(String topic, Exception error) {
        failures.incrementAndGet();
        if (!failing) { // once per outage: the counter tells the rest
            failing = true;
            LOG.warn("event=send-failed topic={} error=\"{}\"", topic, error.getMessage());
        }
    }

    private void recovered() {
        if (failing) {
            failing = false;
            LOG.info("event=send-recovered failures={}", failures.get());
        }
    }

    public int queuedBatches() {
        return queue.size();
    }

    public long batchesSent() {
        return batchesSent.get();
    }

    /** Encoded bytes acknowledged, before compression. */
    public long bytesSent() {
        return bytesSent.get();
    }

    /** Records that Kafka did not take. */
    public long failures() {
        return failures.get();
    }

    /** True while the last records were taken. */
    public boolean healthy() {
        return !failing;
    }

    /** Bytes per second and so on as the producer counts them: {@code outgoing-byte-total} is what went over the wire. */
    public double producerMetric(String name) {
        return producer.metrics().entrySet().stream()
                .filter(m -> m.getKey().name().equals(name) && m.getKey().group().equals("producer-metrics"))
                .mapToDouble(m -> (Double) m.getValue().metricValue())
                .findFirst().orElse(Double.NaN);
    }

    /** Sends what is queued, for a few seconds at most; what Kafka has not taken by then is counted and said. */
    @Override
    public void close() {
        closing = true;
        long start = System.nanoTime();
        long lostBefore = lost();
        try {
            if (!thread.join(LONGEST_CLOSE)) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Duration left = LONGEST_CLOSE.minusNanos(System.nanoTime() - start);
        producer.close(left.isNegative() ? Duration.ZERO : left);
        if (lost() > lostBefore) {
            LOG.warn("event=events-lost-at-close events={}", lost() - lostBefore);
        }
    }

    private long lost() {
        return losses.get(EventClass.PRECIOUS, LossCause.SEND_FAILED) + losses.get(EventClass.BULK, LossCause.SEND_FAILED);
    }
}
