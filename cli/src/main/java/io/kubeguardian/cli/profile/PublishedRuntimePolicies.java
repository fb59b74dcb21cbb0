package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Topics;
import java.util.Map;
import java.util.TreeMap;

/** The runtime policies on the policies topic, by key. */
final class PublishedRuntimePolicies {
    private static final AvroCodec<RuntimePolicyRecord> CODEC = AvroCodec.of(RuntimePolicyRecord.class);

    private PublishedRuntimePolicies() {}

    static Map<String, RuntimePolicyRecord> read(Map<String, Object> client) {
        return new TreeMap<>(DecodedRecords.latest(client, Topics.POLICIES, CODEC, Keys.RUNTIME));
    }

    /** @param changes by key; null takes one back */
    static void send(Map<String, Object> client, Map<String, RuntimePolicyRecord> changes) {
        ProfilePolicies.write(client, CODEC, changes);
    }
}
