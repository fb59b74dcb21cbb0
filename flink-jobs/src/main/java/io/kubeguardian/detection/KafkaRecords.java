package io.kubeguardian.detection;

import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
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
        return source(kafka, new Rules(), Topics.POLICIES);
    }

    /** What the models topic has for scoring, from the job's last checkpoint or from the beginning. */
    static KafkaSource<RawRecord> models(KafkaSettings kafka) {
        return source(kafka, new KeysThatBegin(Keys.ACTIVE_MODELS), Topics.MODELS);
    }

    /** What the policies topic says about baselines, likewise. */
    static KafkaSource<RawRecord> profiles(KafkaSettings kafka) {
        return source(kafka, new KeysThatBegin(Keys.PROFILE), Topics.POLICIES);
    }

    /** What others tell the job besides events. */
    static KafkaSource<RawRecord> control(KafkaSettings kafka) {
        return source(kafka, new Plain(), Topics.POSTURE, Topics.APPROVALS);
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

    private static final class Plain implements KafkaRecordDeserializationSchema<RawRecord> {
        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
            out.collect(new RawRecord(record.topic(), record.partition(), record.offset(), record.timestamp(),
                    record.key(), record.value()));
        }

        @Override
        public TypeInformation<RawRecord> getProducedType() {
            return TypeInformation.of(RawRecord.class);
        }
    }

    /** Others are of other kinds, or of versions that a rollback could go back to. */
    private record KeysThatBegin(String prefix) implements KafkaRecordDeserializationSchema<RawRecord> {
        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
            RawRecord raw = new RawRecord(record.topic(), record.partition(), record.offset(), record.timestamp(),
                    record.key(), record.value());
            if (raw.key.startsWith(prefix)) {
                out.collect(raw);
            }
        }

        @Override
        public TypeInformation<RawRecord> getProducedType() {
            return TypeInformation.of(RawRecord.class);
        }
    }

    /** Other kinds of policies have other keys, and a bundle that a rollback could go back to is not to be run. */
    private static final class Rules implements KafkaRecordDeserializationSchema<RawRecord> {
        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
            RawRecord raw = new RawRecord(record.topic(), record.partition(), record.offset(), record.timestamp(),
                    record.key(), record.value());
            if (raw.key.startsWith(Keys.RULES) && !Keys.isRuleBundle(raw.key)
                    || raw.key.startsWith(Keys.PATTERNS) && !Keys.isPatternBundle(raw.key)
                    || raw.key.startsWith(Keys.RUNTIME)) {
                out.collect(raw);
            }
        }

        @Override
        public TypeInformation<RawRecord> getProducedType() {
            return TypeInformation.of(RawRecord.class);
        }
    }
}
