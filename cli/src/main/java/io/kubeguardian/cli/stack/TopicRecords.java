package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes what is published by keys to a topic of one partition. */
public final class TopicRecords {
    private TopicRecords() {}

    /**
     * One record after the other, each acknowledged by all replicas before the next; null takes a key away.
     *
     * @param client Kafka client properties
     * @throws KafkaException when the broker does not answer, or does not take a record; those before it are written
     */
    public static <T extends SpecificRecordBase> void write(
            Map<String, Object> client, String topic, AvroCodec<T> codec, Map<String, T> records) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("acks", "all");
        properties.put("delivery.timeout.ms", 30_000);
        properties.put("request.timeout.ms", 10_000);
        properties.put("max.block.ms", 30_000);
        properties.put("linger.ms", 0);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Map.Entry<String, T> record : records.entrySet()) {
                producer.send(new ProducerRecord<>(topic, 0, Keys.bytes(record.getKey()),
                        record.getValue() == null ? null : codec.encode(record.getValue()))).get();
            }
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new IllegalStateException(e.getCause());
        }
    }
}
