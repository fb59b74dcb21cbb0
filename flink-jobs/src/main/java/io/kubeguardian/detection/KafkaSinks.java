package io.kubeguardian.detection;

import io.kubeguardian.alerts.Alert;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.io.Serializable;
import java.util.Properties;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The pipeline's output to Kafka. At least once: records leave at once and not with the next checkpoint; after a
 * failure some come again, with the same ids.
 */
final class KafkaSinks {
    private final KafkaSettings kafka;

    private KafkaSinks(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    static DetectionSinks all(KafkaSettings kafka) {
        KafkaSinks sinks = new KafkaSinks(kafka);
        return new DetectionSinks(
                sinks.sink(new OwnSignals(new AvroRecords<>(
                        Topics.SIGNALS, Signal.class, s -> Keys.workload(s.getWorkload())))),
                sinks.avro(Topics.INCIDENTS, Incident.class, i -> Keys.workload(i.getWorkload())),
                sinks.avro(Topics.RISK, RiskScore.class, Keys::risk),
                sinks.avro(Topics.DECISIONS, Decision.class, Keys::decision),
                sinks.avro(Topics.DECISION_LOG, Decision.class, Decision::getId),
                sinks.<Alert>sink((alert, context, timestamp) ->
                        new ProducerRecord<>(Topics.ALERTS, Keys.bytes(alert.key), alert.json)),
                sinks.avro(Topics.RULE_STATUS, RuleStatus.class, Keys::ruleStatus),
                sinks.sink(new Profiles(new AvroRecords<>(Topics.PROFILES, Profile.class, Keys::profile))),
                sinks.avro(Topics.PROFILE_AUDIT, ProfileAudit.class, a -> Keys.workload(a.getWorkload())),
                sinks.avro(Topics.DEAD_LETTERS, DeadLetter.class, Keys::deadLetter));
    }

    private <T extends SpecificRecordBase> KafkaSink<T> avro(String topic, Class<T> type, KeyOf<T> key) {
        return sink(new AvroRecords<>(topic, type, key));
    }

    private <T> KafkaSink<T> sink(KafkaRecordSerializationSchema<T> serializer) {
        Properties producer = new Properties();
        producer.put("enable.idempotence", "true");
        producer.put("acks", "all");
        producer.put("linger.ms", "5");
        producer.put("compression.type", "lz4");
        producer.putAll(kafka.client());
        return KafkaSink.<T>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setKafkaProducerConfig(producer)
                .setRecordSerializer(serializer)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .build();
    }

    /** Those of others stand on the topic already: written again they would be read again. */
    private record OwnSignals(AvroRecords<Signal> all) implements KafkaRecordSerializationSchema<Signal> {
        @Override
        public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink) {
            all.open(context, sink);
        }

        /** Null is left out. */
        @Override
        public ProducerRecord<byte[], byte[]> serialize(Signal signal, KafkaSinkContext context, Long timestamp) {
            return ForeignSignals.isForeign(signal) ? null : all.serialize(signal, context, timestamp);
        }
    }

    /** That of a workload that is gone becomes a tombstone. */
    private record Profiles(AvroRecords<Profile> all) implements KafkaRecordSerializationSchema<Profile> {
        @Override
        public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink) {
            all.open(context, sink);
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(Profile profile, KafkaSinkContext context, Long timestamp) {
            return profile.getPhase() == ProfilePhase.OTHER
                    ? new ProducerRecord<>(Topics.PROFILES, Keys.bytes(Keys.profile(profile)), null)
                    : all.serialize(profile, context, timestamp);
        }
    }

    private interface KeyOf<T> extends Function<T, String>, Serializable {}

    /** Avro single-object encoding under the topic's key. */
    private static final class AvroRecords<T extends SpecificRecordBase> implements KafkaRecordSerializationSchema<T> {
        private static final long serialVersionUID = 1L;

        private final String topic;
        private final Class<T> type;
        private final KeyOf<T> key;
        private transient AvroCodec<T> codec;

        AvroRecords(String topic, Class<T> type, KeyOf<T> key) {
            this.topic = topic;
            this.type = type;
            this.key = key;
        }

        @Override
        public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink) {
            codec = AvroCodec.of(type);
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(T record, KafkaSinkContext context, Long timestamp) {
            return new ProducerRecord<>(topic, Keys.bytes(key.apply(record)), codec.encode(record));
        }
    }
}
