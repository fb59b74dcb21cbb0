package io.kubeguardian.webhook;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code kubeguardian.risk}, of {@code kubeguardian.decisions} the quarantined workloads, and of
 * {@code kubeguardian.policies} the admission policies, from their beginning into the {@link RiskView} and the
 * {@link PolicySet}, and where they are wanted {@code kubeguardian.profiles} into the {@link LearnedView} and
 * {@code kubeguardian.pods} into the {@link PodView}, on a thread of its own.
 *
 * <p>It is caught up once it has read as far as the topic went when it first reached the broker. A broker that is
 * away later changes nothing but the figures: the view stays, and reading goes on when the broker is back. Partitions that a
 * topic gets later are followed, too.
 */
final class RiskFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RiskFeed.class);
    private static final AvroCodec<RiskScore> CODEC = AvroCodec.of(RiskScore.class);
    private static final AvroCodec<io.kubeguardian.schema.Decision> DECISIONS =
            AvroCodec.of(io.kubeguardian.schema.Decision.class);
    private static final AvroCodec<Profile> PROFILES = AvroCodec.of(Profile.class);
    private static final AvroCodec<PodMetadata> PODS = AvroCodec.of(PodMetadata.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration ASK = Duration.ofSeconds(2);
    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** So soon a new partition is seen. */
    private static final int METADATA_MILLIS = 30_000;

    private final RiskView view;
    private final PublishedPolicies policies;
    private final LearnedView learned;
    private final PodView pods;
    private final DeadLetters deadLetters;
    private final WebhookMetrics metrics;
    private final Clock clock;
    private final Runnable whenCaughtUp;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean caughtUp;
    private volatile boolean failed;
    /** {@link System#nanoTime()} when the view last held all there was; meaningless before {@link #caughtUp}. */
    private volatile long freshAt;
    private boolean brokerAway;
    private long nextLook;

    /**
     * @param learned null: nobody wants to know
     * @param pods likewise
     * @param whenCaughtUp called once, on the feed's thread
     * @throws ConfigException when the Kafka settings cannot be used
     */
    RiskFeed(
            KafkaSettings kafka, RiskView view, PublishedPolicies policies, LearnedView learned, PodView pods,
            WebhookMetrics metrics, Clock clock, Runnable whenCaughtUp) {
        this.view = view;
        this.policies = policies;
        this.learned = learned;
        this.pods = pods;
        this.metrics = metrics;
        this.clock = clock;
        this.whenCaughtUp = whenCaughtUp;
        Map<String, Object> client = kafka.client();
        client.put("reconnect.backoff.max.ms", 1_000);
        client.put("enable.metrics.push", false);
        client.put("metric.reporters", ""); // no JMX
        this.deadLetters = new DeadLetters(client, metrics);
        client.put("client.id", "kubeguardian-webhook-risk");
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", "earliest");
        client.putIfAbsent("metadata.max.age.ms", METADATA_MILLIS);
        client.put("allow.auto.create.topics", false); // the broker would make it without compaction
        client.put("isolation.level", "read_committed");
        client.put("max.partition.fetch.bytes", 1 << 20);
        client.put("fetch.max.bytes", 4 << 20);
        try {
            this.consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConfigException("kafka: " + cause.getMessage()
                    + "; check kafka.bootstrapServers and kafka.properties", e);
        }
        metrics.freshness(() ->
                caughtUp ? (System.nanoTime() - freshAt) / (double) TimeUnit.SECONDS.toNanos(1) : Double.NaN);
        this.thread = Thread.ofPlatform().name("risk-feed").daemon().unstarted(this::run);
    }

    /** Starts reading; to be called once. */
    void begin() {
        thread.start();
    }

    boolean caughtUp() {
        return caughtUp;
    }

    /** False once an error that nobody expects has ended it: the view stays as it is for good. */
    boolean alive() {
        return !failed;
    }

    private void run() {
        try (consumer; deadLetters) {
            Map<TopicPartition, Long> ends = start();
            nextLook = System.nanoTime();
            while (!closed) {
                try {
                    step(ends);
                } catch (WakeupException | InterruptException e) {
                    throw e;
                } catch (KafkaException e) {
                    broker(false, e.getMessage());
                    pause();
                }
            }
        } catch (WakeupException | InterruptException e) {
            LOG.debug("risk feed stopped");
        } catch (RuntimeException | Error e) {
            failed = true;
            metrics.brokerUp.set(0);
            LOG.error("risk feed failed; the view no longer follows topic={}, restart the webhook", Topics.RISK, e);
        }
    }

    /** Assigns every partition at its beginning; the offsets at which the topic ends now. Waits for the broker. */
    private Map<TopicPartition, Long> start() {
        while (true) {
            try {
                Set<TopicPartition> partitions = partitions();
                Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, ASK);
                consumer.assign(partitions);
                consumer.beginningOffsets(partitions, ASK).forEach(consumer::seek);
                broker(true, "");
                return ends;
            } catch (WakeupException | InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                broker(false, e.getMessage());
                pause();
            }
        }
    }

    /** All that the topics have now. @throws KafkaException when one does not exist */
    private Set<TopicPartition> partitions() {
        Set<TopicPartition> partitions = new HashSet<>();
        for (String topic : topics()) {
            List<PartitionInfo> found = consumer.partitionsFor(topic, ASK);
            if (found.isEmpty()) {
                throw new KafkaException("topic " + topic + " does not exist yet");
            }
            found.forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
        }
        return partitions;
    }

    private List<String> topics() {
        List<String> topics = new ArrayList<>(List.of(Topics.RISK, Topics.DECISIONS, Topics.POLICIES));
        if (learned != null) {
            topics.add(Topics.PROFILES);
        }
        if (pods != null) {
            topics.add(Topics.PODS);
        }
        return topics;
    }

    private void step(Map<TopicPartition, Long> ends) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            apply(record);
        }
        if (!caughtUp && ends.entrySet().stream().allMatch(e -> position(e.getKey()) >= e.getValue())) {
            freshAt = System.nanoTime();
            caughtUp = true;
            metrics.riskReady.set(1);
            LOG.info("caught up topic={} workloads={}", Topics.RISK, view.size());
            whenCaughtUp.run();
        }
        if (System.nanoTime() - nextLook >= 0) {
            nextLook = System.nanoTime() + LOOK_EVERY_NANOS;
            view.expire(nowNanos());
            followNewPartitions();
            look();
        }
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        long now = nowNanos();
        try {
            if (record.key() == null) {
                throw new MalformedRecordException("no key; must be the workload's");
            }
            String key = new String(record.key(), StandardCharsets.UTF_8);
            metrics.riskRecords.labels(switch (record.topic()) {
                case Topics.RISK -> risk(key, record.value(), now);
                case Topics.POLICIES -> policies.apply(key, record.value());
                case Topics.PROFILES -> profile(key, record.value());
                case Topics.PODS -> pod(key, record.value());
                default -> quarantine(key, record.value());
            }).inc();
        } catch (MalformedRecordException e) {
            metrics.riskRecords.labels("malformed").inc();
            LOG.warn("malformed record topic={} partition={} offset={}", record.topic(), record.partition(),
                    record.offset());
            deadLetters.send(record, e.getMessage(), now);
        }
    }

    /** What became of the record, for the metric. */
    private String risk(String key, byte[] value, long now) throws MalformedRecordException {
        if (value == null) {
            view.remove(key);
            return "removed";
        }
        RiskScore score = CODEC.decode(value);
        if (score.getEntity() != RiskEntity.WORKLOAD) {
            return "other"; // of a pod, a node, an image, a namespace: pods are admitted by their workload
        }
        view.put(key, WorkloadRisk.of(key, score), now);
        return "applied";
    }

    private String profile(String key, byte[] value) throws MalformedRecordException {
        learned.put(key, value == null ? null : PROFILES.decode(value));
        return value == null ? "removed" : "applied";
    }

    private String pod(String key, byte[] value) throws MalformedRecordException {
        pods.put(key, value == null ? null : PODS.decode(value));
        return value == null ? "removed" : "applied";
    }

    /** Of the decisions those about a workload's new pods; the others are the collectors' business. */
    private String quarantine(String key, byte[] value) throws MalformedRecordException {
        if (!key.startsWith(Keys.QUARANTINE)) {
            return "other";
        }
        view.quarantine(key.substring(Keys.QUARANTINE.length()),
                value == null ? null : Quarantine.of(key, DECISIONS.decode(value)));
        return value == null ? "removed" : "applied";
    }

    /** They are read from their beginning, as there is no place to go on from; the others go on where they are. */
    private void followNewPartitions() {
        Set<TopicPartition> followed = consumer.assignment();
        Set<TopicPartition> all = partitions();
        all.removeAll(followed);
        if (!all.isEmpty()) {
            LOG.warn("new partitions are followed partitions={} note=\"a key's older record stays in its former partition and may"
                    + " be read last after a restart: publish again what the topic should say\"", all);
            all.addAll(followed);
            consumer.assign(all);
        }
    }

    /** Asks the broker how far the topic goes: the only way to tell a quiet topic from a broker that is away. */
    private void look() {
        long lag = 0;
        for (Map.Entry<TopicPartition, Long> end : consumer.endOffsets(consumer.assignment(), ASK).entrySet()) {
            lag += Math.max(0, end.getValue() - position(end.getKey()));
        }
        metrics.riskLag.set(lag);
        if (lag == 0) {
            freshAt = System.nanoTime();
        }
        broker(true, "");
    }

    private long position(TopicPartition partition) {
        return consumer.position(partition, ASK);
    }

    private void broker(boolean up, String problem) {
        metrics.brokerUp.set(up ? 1 : 0);
        if (!up && !brokerAway) {
            LOG.warn("risk topic out of reach, going on with what is known workloads={} cause=\"{}\"", view.size(),
                    Text.oneLine(String.valueOf(problem), 300));
        } else if (up && brokerAway) {
            LOG.info("risk topic within reach again");
        }
        brokerAway = !up;
    }

    private void pause() {
        if (closed) {
            throw new WakeupException();
        }
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private long nowNanos() {
        return Nanos.of(Instant.now(clock));
    }

    /** Stops reading; the view stays as it is. */
    @Override
    public void close() {
        if (thread.getState() == Thread.State.NEW) {
            consumer.close();
            return;
        }
        closed = true;
        consumer.wakeup();
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                LOG.warn("risk feed did not stop within 5 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
