package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts records on the policies topic. */
final class PolicyRecords {
    private PolicyRecords() {}

    /**
     * Returns when the broker has them.
     *
     * @param records by key; null takes one back
     * @throws UserError when one is too large
     */
    static void send(Map<String, Object> client, Map<String, byte[]> records) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("acks", "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Map.Entry<String, byte[]> record : records.entrySet()) {
                producer.send(new ProducerRecord<>(Topics.POLICIES, Keys.bytes(record.getKey()), record.getValue())).get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException) {
                throw new UserError("too large for Kafka: " + e.getCause().getMessage(), e);
            }
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }
}
