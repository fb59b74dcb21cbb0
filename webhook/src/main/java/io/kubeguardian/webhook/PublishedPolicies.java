package io.kubeguardian.webhook;

import io.kubeguardian.policy.user.PolicyException;
import io.kubeguardian.policy.user.PublishedPolicy;
import io.kubeguardian.schema.AdmissionPolicyRecord;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CheckExceptionRecord;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.NamespaceMetadata;

/** Takes what the controller publishes on {@code kubeguardian.policies} for one cluster into the {@link PolicySet}. */
final class PublishedPolicies {
    private static final AvroCodec<AdmissionPolicyRecord> POLICIES = AvroCodec.of(AdmissionPolicyRecord.class);
    private static final AvroCodec<NamespaceMetadata> NAMESPACES = AvroCodec.of(NamespaceMetadata.class);
    private static final AvroCodec<CheckExceptionRecord> EXCEPTIONS = AvroCodec.of(CheckExceptionRecord.class);

    private final String policyPrefix;
    private final String exceptionPrefix;
    private final String namespacePrefix;
    private final PolicySet policies;
    /** Null until the first policy comes: its language takes some ten megabytes. */
    private PublishedPolicy reader;

    PublishedPolicies(String cluster, PolicySet policies) {
        this.policyPrefix = Keys.admissionPolicy(cluster, "");
        this.exceptionPrefix = Keys.checkException(cluster, "");
        this.namespacePrefix = Keys.namespace(cluster, "");
        this.policies = policies;
    }

    /**
     * One record of the topic.
     *
     * @param value null: it is taken back
     * @return what became of it: applied, removed, or other: not for this webhook
     * @throws MalformedRecordException when it cannot be used; what was known before stays
     */
    String apply(String key, byte[] value) throws MalformedRecordException {
        boolean room;
        if (key.startsWith(policyPrefix) || key.startsWith(exceptionPrefix)) {
            try {
                room = key.startsWith(policyPrefix)
                        ? policies.publish(key.substring(policyPrefix.length()),
                                value == null ? null : reader().of(POLICIES.decode(value)))
                        : policies.except(key.substring(exceptionPrefix.length()),
                                value == null ? null : reader().of(EXCEPTIONS.decode(value)));
            } catch (PolicyException e) {
                throw new MalformedRecordException(Text.oneLine(e.getMessage(), 600));
            }
        } else if (key.startsWith(namespacePrefix)) {
            room = policies.namespace(key.substring(namespacePrefix.length()),
                    value == null ? null : NAMESPACES.decode(value).getLabels());
        } else {
            return "other";
        }
        if (!room) {
            throw new MalformedRecordException("no room: there are " + PolicySet.MOST_POLICIES + " policies, "
                    + PolicySet.MOST_EXCEPTIONS + " exceptions or " + PolicySet.MOST_NAMESPACES + " namespaces already");
        }
        return value == null ? "removed" : "applied";
    }

    private PublishedPolicy reader() {
        reader = reader == null ? new PublishedPolicy() : reader;
        return reader;
    }
}
