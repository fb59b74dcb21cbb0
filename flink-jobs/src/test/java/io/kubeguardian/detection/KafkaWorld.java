package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.DecisionSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuleVerdict;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker with all topics, a producer as the collector's, and readers of what the job writes. */
final class KafkaWorld implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EmbeddedKafka kafka = EmbeddedKafka.start();
    private final KafkaProducer<byte[], byte[]> producer;

    KafkaWorld() {
        TopicSetup.createMissing(kafka.clientProperties(), 2);
        producer = new KafkaProducer<>(kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    KubeGuardianConfig config(DetectionSettings settings) {
        return config(settings, ConfigReader.read(null, Map.of()).decisions());
    }

    Map<String, Object> client() {
        return kafka.clientProperties();
    }

    KubeGuardianConfig config(DetectionSettings settings, DecisionSettings decisions) {
        KubeGuardianConfig defaults = ConfigReader.read(null, Map.of());
        return new KubeGuardianConfig(new KafkaSettings(kafka.bootstrapServers(), Map.of()), defaults.collector(),
                settings, defaults.baseline(), defaults.webhook(), defaults.ingest(), defaults.intel(), decisions,
                defaults.models(), defaults.controller(), defaults.images(), defaults.admission());
    }

    void send(PodMetadata pod) {
        send(Topics.PODS, pod.getUid(), pod.getUpdatedAt(), AvroCodec.of(PodMetadata.class).encode(pod));
    }

    void send(List<EventBatch> batches) {
        for (EventBatch batch : batches) {
            send(Topics.EVENTS, Keys.events(batch), batch.getBaseTime() / 1_000_000,
                    AvroCodec.of(EventBatch.class).encode(batch));
        }
        producer.flush();
    }

    /** As its publisher does. */
    void publish(RuleBundle bundle) {
        publish(Keys.ACTIVE_RULES, bundle);
    }

    /** @param key which kind of bundle it is */
    void publish(String key, RuleBundle bundle) {
        send(Topics.POLICIES, key, bundle.getIssuedTime() / 1_000_000,
                AvroCodec.of(RuleBundle.class).encode(bundle));
    }

    /** What each subtask says last, as soon as all of them have decided about a publication. */
    List<RuleStatus> decided(RuleBundle bundle, int subtasks) {
        return decided(bundle, DetectionJob.NAME, subtasks);
    }

    /** @param job by which it reports */
    List<RuleStatus> decided(RuleBundle bundle, String job, int subtasks) {
        List<RuleStatus> all = records(Topics.RULE_STATUS, RuleStatus.class,
                statuses -> decided(statuses, bundle, job).size() == subtasks);
        assertThat(decided(all, bundle, job)).as("decisions about %s", bundle.getDigest()).hasSize(subtasks);
        return List.copyOf(decided(all, bundle, job).values());
    }

    private static Map<Integer, RuleStatus> decided(List<RuleStatus> statuses, RuleBundle bundle, String job) {
        Map<Integer, RuleStatus> last = new TreeMap<>();
        statuses.stream().filter(status -> status.getJob().equals(job))
                .forEach(status -> last.put(status.getSubtask(), status));
        last.values().removeIf(status -> status.getRequestedTime() != bundle.getIssuedTime()
                || status.getVerdict() == RuleVerdict.PENDING);
        return last;
    }

    void send(String topic, String key, long timestamp, byte[] value) {
        producer.send(new ProducerRecord<>(topic, null, timestamp, Keys.bytes(key), value));
        producer.flush();
    }

    /** Everything on the topic from its beginning, as soon as it satisfies the condition; else what is there at last. */
    List<byte[]> values(String topic, Predicate<List<byte[]>> until) {
        return values(topic, until, PATIENCE);
    }

    private List<byte[]> values(String topic, Predicate<List<byte[]>> until, Duration patience) {
        Map<String, Object> client = kafka.clientProperties();
        List<byte[]> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = System.nanoTime() + patience.toNanos();
            while (System.nanoTime() < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
                if (until.test(values)) {
                    break;
                }
            }
        }
        return values;
    }

    <T extends SpecificRecordBase> List<T> records(String topic, Class<T> type, Predicate<List<T>> until) {
        return records(topic, type, until, PATIENCE);
    }

    /** As the other, for so long. */
    <T extends SpecificRecordBase> List<T> records(
            String topic, Class<T> type, Predicate<List<T>> until, Duration patience) {
        AvroCodec<T> codec = AvroCodec.of(type);
        return decode(codec, values(topic, values -> until.test(decode(codec, values)), patience));
    }

    private static <T extends SpecificRecordBase> List<T> decode(AvroCodec<T> codec, List<byte[]> values) {
        List<T> records = new ArrayList<>();
        for (byte[] value : values) {
            try {
                records.add(codec.decode(value));
            } catch (io.kubeguardian.schema.MalformedRecordException e) {
                throw new AssertionError(e);
            }
        }
        return records;
    }

    @Override
    public void close() {
        producer.close();
        kafka.close();
    }
}
