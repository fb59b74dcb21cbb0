package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The runtime policies on the policies topic, by key. */
final class PublishedRuntimePolicies {
    private static final AvroCodec<RuntimePolicyRecord> CODEC = AvroCodec.of(RuntimePolicyRecord.class);

    private PublishedRuntimePolicies() {}

    static Map<String, RuntimePolicyRecord> read(Map<String, Object> client) {
        Map<String, RuntimePolicyRecord> policies = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : TopicContents.of(client, Topics.POLICIES)) {
            String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            if (!key.startsWith(Keys.RUNTIME)) {
                continue;
            }
            try {
                if (record.value() == null) {
                    policies.remove(key);
                } else {
                    policies.put(key, CODEC.decode(record.value()));
                }
            } catch (MalformedRecordException e) {
                System.err.println("kubeguardian: " + record.topic() + " offset " + record.offset() + ": "
                        + Texts.line(e.getMessage()));
            }
        }
        return policies;
    }

    /** @param changes by key; null takes one back */
    static void send(Map<String, Object> client, Map<String, RuntimePolicyRecord> changes) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("acks", "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Map.Entry<String, RuntimePolicyRecord> change : changes.entrySet()) {
                producer.send(new ProducerRecord<>(Topics.POLICIES, Keys.bytes(change.getKey()),
                        change.getValue() == null ? null : CODEC.encode(change.getValue()))).get();
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
