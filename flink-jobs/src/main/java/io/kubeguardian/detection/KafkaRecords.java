package io.kubeguardian.detection;

import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.io.Serializable;
import java.util.Properties;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The pipeline's input from Kafka: events, pods and other sensors' signals, and rules; as bytes. */
public final class KafkaRecords {
    private static final String GROUP = "kubeguardian-detection";

    private KafkaRecords() {}

    /** From the job's last checkpoint; without one from the beginning: pods are state, and events are kept a day. */
    public static KafkaSource<RawRecord> source(KafkaSettings kafka) {
        return source(kafka, new Raw(), Topics.EVENTS, Topics.PODS, Topics.SIGNALS);
    }

    /** What events and pods hold at this moment, and then the end: for training. */
    static KafkaSource<RawRecord> untilNow(KafkaSettings kafka) {
        return builder(kafka, new Raw(), Topics.PODS, Topics.EVENTS).setBounded(OffsetsInitializer.latest()).build();
    }

    /** What the policies topic says about rules, patterns and runtime policies, from the job's last checkpoint or from the beginning. */
    static KafkaSource<RawRecord> rules(KafkaSettings kafka) {
        return source(kafka, new ByKey(KafkaRecords::isOfRules), Topics.POLICIES);
    }

    /** What the models topic has for scoring, from the job's last checkpoint or from the beginning. */
    static KafkaSource<RawRecord> models(KafkaSettings kafka) {
        return source(kafka, ByKey.beginningWith(Keys.ACTIVE_MODELS), Topics.MODELS);
    }

    /** What the policies topic says about baselines, likewise. */
    static KafkaSource<RawRecord> profiles(KafkaSettings kafka) {
        return source(kafka, ByKey.beginningWith(Keys.PROFILE), Topics.POLICIES);
    }

    /** What others tell the job besides events. */
    static KafkaSource<RawRecord> control(KafkaSettings kafka) {
        return source(kafka, ByKey.ALL, Topics.POSTURE, Topics.APPROVALS);
    }

    /** Other kinds of policies have other keys, and a bundle that a rollback could go back to is not to be run. */
    private static boolean isOfRules(String key) {
        return key.startsWith(Keys.RULES) && !Keys.isRuleBundle(key)
                || key.startsWith(Keys.PATTERNS) && !Keys.isPatternBundle(key)
                || key.startsWith(Keys.RUNTIME);
    }

    private static KafkaSource<RawRecord> source(
            KafkaSettings kafka, KafkaRecordDeserializationSchema<RawRecord> deserializer, String... topics) {
        return builder(kafka, deserializer, topics)
                .setProperty("partition.discovery.interval.ms", "60000")
                .build();
    }

    private static KafkaSourceBuilder<RawRecord> builder(
            KafkaSettings kafka, KafkaRecordDeserializationSchema<RawRecord> deserializer, String... topics) {
        Properties properties = new Properties();
        properties.putAll(kafka.client());
        return KafkaSource.<RawRecord>builder()
                .setProperties(properties)
                .setBootstrapServers(kafka.bootstrapServers())
                .setGroupId(GROUP)
                .setTopics(topics)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(deserializer);
    }

    /** In place of a key: one of the job's own signals. */
    private static final byte[] OWN = {};

    private static final class Raw implements KafkaRecordDeserializationSchema<RawRecord> {
        private static final long serialVersionUID = 1L;

        private transient AvroCodec<Signal> signals;

        @Override
        public void open(DeserializationSchema.InitializationContext context) {
            signals = AvroCodec.of(Signal.class);
        }

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
            byte[] key = record.topic().equals(Topics.SIGNALS) ? signalKey(record) : record.key();
            if (key != OWN) {
                out.collect(new RawRecord(record.topic(), record.partition(), record.offset(), record.timestamp(), key,
                        record.value()));
            }
        }

        /** The job writes to this topic too; what it wrote itself has no say here, not even of the time. */
        private byte[] signalKey(ConsumerRecord<byte[], byte[]> record) {
            try {
                Signal signal = signals.decode(record.value());
                return ForeignSignals.isForeign(signal) ? Keys.bytes(ForeignSignals.key(signal)) : OWN;
            } catch (MalformedRecordException e) {
                return record.key(); // told as a dead letter where it is decoded again
            }
        }

        @Override
        public TypeInformation<RawRecord> getProducedType() {
            return TypeInformation.of(RawRecord.class);
        }
    }

    private interface KeyTest extends Serializable {
        boolean isWanted(String key);
    }

    /** Records as they are, of some keys alone: others are of other kinds, or of versions that a rollback could go back to. */
    private record ByKey(KeyTest keys) implements KafkaRecordDeserializationSchema<RawRecord> {
        static final ByKey ALL = new ByKey(key -> true);

        static ByKey beginningWith(String prefix) {
            return new ByKey(key -> key.startsWith(prefix));
        }

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
            RawRecord raw = new RawRecord(record.topic(), record.partition(), record.offset(), record.timestamp(),
                    record.key(), record.value());
            if (keys.isWanted(raw.key)) {
                out.collect(raw);
            }
        }

        @Override
        public TypeInformation<RawRecord> getProducedType() {
            return TypeInformation.of(RawRecord.class);
        }
    }
}
