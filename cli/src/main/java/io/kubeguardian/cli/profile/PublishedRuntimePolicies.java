package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

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
        ProfilePolicies.write(client, CODEC, changes);
    }
}
