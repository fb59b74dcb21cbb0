package io.kubeguardian.detection;

import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.schema.Topics;
import java.util.Properties;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The pipeline's input from Kafka: events and pods, as bytes. */
final class KafkaRecords {
    private static final String GROUP = "kubeguardian-detection";

    private KafkaRecords() {}

    /** From the job's last checkpoint; without one from the beginning: pods are state, and events are kept a day. */
    static KafkaSource<RawRecord> source(KafkaSettings kafka) {
        Properties properties = new Properties();
        properties.putAll(kafka.client());
        return KafkaSource.<RawRecord>builder()
                .setProperties(properties)
                .setBootstrapServers(kafka.bootstrapServers())
                .setGroupId(GROUP)
                .setTopics(Topics.EVENTS, Topics.PODS)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setProperty("partition.discovery.interval.ms", "60000")
                .setDeserializer(new Raw())
                .build();
    }

    private static final class Raw implements KafkaRecordDeserializationSchema<RawRecord> {
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
}
