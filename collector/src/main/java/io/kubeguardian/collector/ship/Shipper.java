package io.kubeguardian.collector.ship;

import io.kubeguardian.collector.batch.BatchContents;
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
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends to Kafka. Batches wait as bytes in a {@link Backlog}, so the thread that empties the kernel's rings never waits
 * for the network. The producer gets only as much as it may hold, and holds it until Kafka has it: while Kafka is away
 * nothing is given up but what the backlog sheds, and that is counted.
 */
public final class Shipper implements BatchSink, AutoCloseable {
    /** Without an acknowledgement for so long, Kafka is away. */
    static final Duration STALLED = Duration.ofSeconds(10);
    private static final long TAKE_MILLIS = 10_000;
    /** Between attempts to send what the producer refuses at once. */
    private static final long RETRY_MILLIS = 500;
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);

    private final AvroCodec<EventBatch> batches = AvroCodec.of(EventBatch.class);
    private final AvroCodec<CollectorHealth> health = AvroCodec.of(CollectorHealth.class);
    private final AvroCodec<ContainmentAudit> audit = AvroCodec.of(ContainmentAudit.class);
    private final AvroCodec<DeadLetter> deadLetters = AvroCodec.of(DeadLetter.class);
    private final LossCounters losses;
    private final KafkaErrors errors;
    private final Backlog backlog;
    private final AtomicLong batchesSent = new AtomicLong();
    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicLong recordsLost = new AtomicLong();
    private final AtomicLong auditRecordsLost = new AtomicLong();
    private final Map<String, Object> settings;
    private final Duration longestClose;
    private final Thread thread;
    private volatile KafkaProducer<byte[], byte[]> producer;
    private volatile boolean acknowledged;
    private volatile boolean closing;
    private volatile boolean givingUp;
    private volatile String lastRefusal = "";
    private boolean told;

    /**
     * @param client Kafka client properties, with {@code bootstrap.servers}
     * @param backlogBytes most bytes that may wait for Kafka or be under way to it, the producer's buffer included
     * @param longestClose how long {@link #close} may take to send what waits
     */
    public Shipper(Map<String, Object> client, long backlogBytes, Duration longestClose, LossCounters losses,
            KafkaErrors errors) {
        long window = backlogBytes / 4;
        this.losses = losses;
        this.errors = errors;
        this.longestClose = longestClose;
        this.backlog = new Backlog(backlogBytes, window, batches,
                (precious, bulk) -> count(precious, bulk, LossCause.QUEUE_FULL));
        this.settings = producerSettings(client, window);
        this.producer = newProducer();
        this.thread = Thread.ofPlatform().name("kg-shipper").start(this::run);
    }

    private static Map<String, Object> producerSettings(Map<String, Object> client, long window) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        // A round's batches come together. Waiting for more would cost a wake of the producer's thread a round, and time.
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.METRICS_NUM_SAMPLES_CONFIG, 1);
        settings.put("enable.metrics.push", false);
        settings.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, ""); // nobody looks at it through JMX: megabytes
        settings.putAll(client);
        // The bound stands on these: the producer holds so much, for as long as it takes, and says so soon when full.
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, window);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
        return settings;
    }

    private KafkaProducer<byte[], byte[]> newProducer() {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void accept(EventBatch batch, BatchContents contents) {
        backlog.offer(new Outgoing(Topics.EVENTS, Keys.bytes(Keys.events(batch)), batches.encode(batch),
                batch.getBaseTime() / 1_000_000, contents));
    }

    /** Sends a health record soon, keyed by node, unless a newer one comes first. Never blocks. */
    public void send(CollectorHealth record) {
        backlog.offerNewest(new Outgoing(Topics.COLLECTOR_HEALTH, Keys.bytes(record.getNode()), health.encode(record),
                record.getTime() / 1_000_000));
    }

    /** Sends a record that could not be used; keyed by where it lies. Never blocks. */
    public void send(DeadLetter record) {
        if (!backlog.offer(new Outgoing(Topics.DEAD_LETTERS, Keys.bytes(Keys.deadLetter(record)),
                deadLetters.encode(record), record.getTime() / 1_000_000))) {
            recordsLost.incrementAndGet();
        }
    }

    /** Sends an audit record. Never blocks. */
    public void send(String key, ContainmentAudit record) {
        if (!backlog.offer(new Outgoing(Topics.CONTAINMENT_AUDIT, Keys.bytes(key), audit.encode(record),
                record.getTime() / 1_000_000))) {
            recordsLost.incrementAndGet();
            auditRecordsLost.incrementAndGet();
        }
    }

    private void run() {
        try {
            while (!givingUp && (!closing || !backlog.isEmpty())) {
                Outgoing item = backlog.take(TAKE_MILLIS);
                if (item != null && !handOver(item)) {
                    Thread.sleep(RETRY_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closing does not wait any longer
        }
    }

    /** False when it was put back, to be tried again. */
    private boolean handOver(Outgoing item) {
        Delivery delivery = new Delivery(item);
        try {
            producer.send(new ProducerRecord<>(item.topic, null, item.time, item.key, item.value()), delivery);
        } catch (RuntimeException e) { // what it does not tell the callback it does not get over
            delivery.refusal = e;
            if (!givingUp) {
                producer.close(Duration.ZERO);
                producer = newProducer();
            }
        }
        if (delivery.refusal == null) {
            item.handedOver();
            return true;
        }
        errors.count(delivery.refusal);
        if (isKept(item.topic, KafkaErrors.kind(delivery.refusal))) {
            backlog.putBack(item);
            return false;
        }
        backlog.done(item, false);
        lost(item);
        return true;
    }

    /**
     * Events wait for better times; of the rest the next one may do, and none may stand in their way. Audit waits for a
     * broker that is away, as events do then, but not for a topic of its own that is missing or forbidden.
     */
    private static boolean isKept(String topic, KafkaErrors.Kind refusal) {
        return switch (topic) {
            case Topics.EVENTS -> refusal != KafkaErrors.Kind.TOO_LARGE;
            case Topics.CONTAINMENT_AUDIT -> refusal == KafkaErrors.Kind.UNREACHABLE
                    || refusal == KafkaErrors.Kind.AUTHENTICATION;
            default -> false;
        };
    }

    /** What becomes of one record. */
    private final class Delivery implements Callback {
        private final Outgoing item;
        private final int bytes;
        /** Set only while the producer is being called, by the same thread: it has not taken the record. */
        private Exception refusal;

        Delivery(Outgoing item) {
            this.item = item;
            this.bytes = item.value().length;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception error) {
            if (Thread.currentThread() == thread) {
                refusal = error;
                return;
            }
            if (error == null) {
                acknowledged = true;
                lastRefusal = "";
                if (item.topic.equals(Topics.EVENTS)) {
                    batchesSent.incrementAndGet();
                    bytesSent.addAndGet(bytes);
                }
            } else {
                errors.count(error);
                lastRefusal = errors.last();
                lost(item);
            }
            backlog.done(item, error == null);
        }
    }

    private void lost(Outgoing item) {
        recordsLost.incrementAndGet();
        if (item.topic.equals(Topics.CONTAINMENT_AUDIT)) {
            auditRecordsLost.incrementAndGet();
        }
        count(item.precious(), item.bulk(), LossCause.SEND_FAILED);
    }

    private void count(int precious, int bulk, LossCause cause) {
        losses.add(EventClass.PRECIOUS, cause, precious);
        losses.add(EventClass.BULK, cause, bulk);
    }

    /** To be called now and then: tells, once an outage, that Kafka is away, and that it is back. */
    public void watch() {
        String problem = acknowledged ? problem() : "";
        if (!problem.isEmpty() != told) {
            told = !told;
            if (told) {
                LOG.warn("event=kafka-away problem=\"{}\"", problem);
            } else {
                LOG.info("event=kafka-back waiting={} lost={}", backlog.waiting(), recordsLost.get());
            }
        }
    }

    /** Why records do not get through, in one line; empty while they do. */
    public String problem() {
        long stalled = backlog.stalledNanos();
        if (stalled > STALLED.toNanos() || !acknowledged) {
            String error = (authenticationFailures() > 0 ? "authentication fails; " : "")
                    + (errors.last().isEmpty() ? "no broker answers" : "last error: " + errors.last());
            return "Kafka (" + settings.get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG) + ") has acknowledged nothing "
                    + (acknowledged ? "for " + stalled / 1_000_000_000 + " s" : "yet") + "; " + error;
        }
        return lastRefusal.isEmpty() ? "" : "Kafka refuses records: " + lastRefusal;
    }

    /** How it stands, and what became of records so far. */
    public ShipperStatus status() {
        Map<KafkaErrors.Kind, Long> kinds = errors.counts();
        kinds.put(KafkaErrors.Kind.AUTHENTICATION, authenticationFailures());
        return new ShipperStatus(backlog.status(), batchesSent.get(), bytesSent.get(), recordsLost.get(),
                auditRecordsLost.get(), kinds);
    }

    /** A connection refused for who one is may show in the producer's own count alone, while it waits for better times. */
    private long authenticationFailures() {
        long own = producer.metrics().values().stream()
                .filter(m -> m.metricName().name().equals("failed-authentication-total")
                        && m.metricName().group().equals("producer-metrics"))
                .mapToLong(m -> ((Number) m.metricValue()).longValue()).sum();
        return Math.max(own, errors.get(KafkaErrors.Kind.AUTHENTICATION));
    }

    /** Sends what waits, for so long at most; what Kafka has not got by then is counted and said. */
    @Override
    public void close() {
        closing = true;
        backlog.hurry();
        long deadline = System.nanoTime() + longestClose.toNanos();
        long lostBefore = lostEvents();
        try {
            if (!thread.join(longestClose)) {
                givingUp = true;
                thread.interrupt();
                thread.join(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        backlog.clear(this::lost);
        if (lostEvents() > lostBefore) {
            LOG.warn("event=events-lost-at-close events={} problem=\"{}\"", lostEvents() - lostBefore, errors.last());
        }
    }

    private long lostEvents() {
        return losses.get(EventClass.PRECIOUS, LossCause.SEND_FAILED) + losses.get(EventClass.BULK, LossCause.SEND_FAILED);
    }
}
