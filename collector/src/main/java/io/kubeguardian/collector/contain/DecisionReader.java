package io.kubeguardian.collector.contain;

import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionCheck;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the compacted topic of decisions from its beginning, so a collector that starts anew contains what is still to
 * be contained. Kafka being away changes nothing that is in force; it is tried again.
 */
public final class DecisionReader implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MOST_PAYLOAD = 64 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(DecisionReader.class);

    private final AvroCodec<Decision> codec = AvroCodec.of(Decision.class);
    private final Origin origin;
    private final Containments containments;
    private final Consumer<DeadLetter> deadLetters;
    private final Map<String, Object> settings;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    /** When this run began to care, nanoseconds since the Unix epoch: what was issued before is restored. */
    private final long created = System.currentTimeMillis() * 1_000_000;
    /** The last record of each partition that was refused. */
    private final Map<Integer, Place> refused = new HashMap<>();
    /** What the topic held at the start has been applied. */
    private boolean started;

    /** @param time of the record, by its producer: a topic that is made anew begins with the offset 0 again */
    private record Place(long offset, long time) {}

    /** Starts reading. @param client Kafka client properties, with {@code bootstrap.servers} */
    public DecisionReader(Map<String, Object> client, Origin origin, Containments containments,
            Consumer<DeadLetter> deadLetters) {
        this.origin = origin;
        this.containments = containments;
        this.deadLetters = deadLetters;
        this.settings = consumerSettings(client);
        this.thread = Thread.ofPlatform().name("kg-decisions").start(this::run);
    }

    private static Map<String, Object> consumerSettings(Map<String, Object> client) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // A broker that makes topics by itself would make this one without compaction.
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 1 << 20);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5_000); // the broker answers at once when there is one
        settings.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, 64 * 1024);
        settings.put(ConsumerConfig.METRICS_NUM_SAMPLES_CONFIG, 1);
        settings.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        settings.put("enable.metrics.push", false);
        settings.putAll(client);
        return settings;
    }

    private void run() {
        boolean failing = false;
        while (closing.getCount() > 0) {
            try (KafkaConsumer<byte[], byte[]> kafka =
                    new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer = kafka;
                List<TopicPartition> partitions = kafka.partitionsFor(Topics.DECISIONS).stream()
                        .map(p -> new TopicPartition(p.topic(), p.partition())).toList();
                if (partitions.isEmpty()) {
                    throw new KafkaException("the topic does not exist yet");
                }
                kafka.assign(partitions);
                kafka.seekToBeginning(partitions);
                Map<TopicPartition, Long> ends = kafka.endOffsets(partitions);
                failing = false;
                try {
                    catchUp(kafka, ends);
                    follow(kafka);
                } finally { // at once: nothing is left to tell the broker, which may be waiting with an answer
                    kafka.close(CloseOptions.timeout(Duration.ZERO));
                }
            } catch (WakeupException e) {
                return;
            } catch (KafkaException e) {
                if (!failing) { // once per outage
                    failing = true;
                    LOG.warn("event=decisions-unreadable topic={} error=\"{}\"", Topics.DECISIONS, e.getMessage());
                }
            } catch (RuntimeException e) { // a node that no longer takes decisions would be worse than a repeated error
                LOG.error("event=decisions-failed topic={}", Topics.DECISIONS, e);
            } finally {
                consumer = null;
            }
            try {
                if (closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * Reads what is there already and applies of each key the last record alone: what was replaced or taken back since
     * must not come into force again, not even for the moment until the next record.
     */
    private void catchUp(KafkaConsumer<byte[], byte[]> kafka, Map<TopicPartition, Long> ends) {
        Map<String, Decision> latest = new LinkedHashMap<>();
        while (closing.getCount() > 0 && ends.entrySet().stream().anyMatch(e -> kafka.position(e.getKey()) < e.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : kafka.poll(PAUSE)) {
                read(record, latest::put);
            }
        }
        latest.forEach(this::apply);
        if (!started && closing.getCount() > 0) {
            latest.values().removeIf(Objects::isNull);
            containments.confirm(latest.keySet());
            started = true;
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> kafka) {
        while (closing.getCount() > 0) {
            for (ConsumerRecord<byte[], byte[]> record : kafka.poll(Duration.ofSeconds(10))) {
                read(record, this::apply);
            }
        }
    }

    /** Hands over the key and the decision if it is for this node, or null if the record deletes what the key stands for. */
    private void read(ConsumerRecord<byte[], byte[]> record, BiConsumer<String, Decision> use) {
        if (record.key() == null) {
            LOG.warn("event=decision-without-key partition={} offset={}", record.partition(), record.offset());
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            use.accept(key, null);
            return;
        }
        Decision decision = null;
        try {
            decision = codec.decode(record.value());
            if (isForThisNode(decision) && !DecisionCheck.isOfWorkload(decision)) {
                check(key, decision);
                use.accept(key, decision);
            }
        } catch (MalformedRecordException e) {
            refuse(record, decision, e.getMessage());
        }
    }

    /** Once a run, however often the topic has to be read from its beginning. @param decision null if it is none */
    private void refuse(ConsumerRecord<byte[], byte[]> record, Decision decision, String reason) {
        Place last = refused.get(record.partition());
        if (last != null && record.offset() <= last.offset() && record.timestamp() <= last.time()) {
            return;
        }
        refused.put(record.partition(), new Place(record.offset(), record.timestamp()));
        LOG.warn("event=decision-malformed partition={} offset={} reason=\"{}\"", record.partition(), record.offset(), reason);
        deadLetters.accept(deadLetter(record, reason));
        if (decision != null) {
            containments.refuse(decision, reason);
        }
    }

    private boolean isForThisNode(Decision decision) {
        return decision.getCluster().equals(origin.cluster())
                && (decision.getNode().isEmpty() || decision.getNode().equals(origin.node()));
    }

    /** A decision under another one's key would replace that on the topic. */
    private static void check(String key, Decision decision) throws MalformedRecordException {
        DecisionCheck.check(decision);
        if (!key.equals(Keys.decision(decision))) {
            throw new MalformedRecordException("decision " + decision.getId() + " stands under a key that is not its own");
        }
    }

    private void apply(String key, Decision decision) {
        if (decision == null) {
            containments.forget(key);
        } else if (!started && decision.getIssuedTime() < created) {
            containments.restore(decision);
        } else {
            containments.apply(decision);
        }
    }

    private static DeadLetter deadLetter(ConsumerRecord<byte[], byte[]> record, String reason) {
        byte[] payload = Arrays.copyOf(record.value(), Math.min(record.value().length, MOST_PAYLOAD));
        return new DeadLetter(record.topic(), record.partition(), record.offset(), "collector", reason,
                System.currentTimeMillis() * 1_000_000, ByteBuffer.wrap(payload),
                payload.length < record.value().length);
    }

    @Override
    public void close() {
        closing.countDown();
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
