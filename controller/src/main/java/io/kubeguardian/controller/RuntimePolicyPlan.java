package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.RuntimePolicySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which runtime policies shall be on the topic, and what to tell their authors. One that became invalid keeps what it had
 * published.
 */
final class RuntimePolicyPlan {
    static final int MOST = 5_000;
    /** Below what a broker takes by default, with room for the envelope. */
    static final int MOST_BYTES = 900 << 10;

    private static final AvroCodec<RuntimePolicyRecord> CODEC = AvroCodec.of(RuntimePolicyRecord.class);

    private RuntimePolicyPlan() {}

    /** @param records by key, all that shall be there; those that did not change are the published ones themselves */
    record Result(Map<String, RuntimePolicyRecord> records, List<Verdict> verdicts) {}

    /**
     * @param published what the topic holds of this cluster, by key
     * @param nowNanos nanoseconds since the Unix epoch
     */
    static Result of(
            String cluster, List<GenericKubernetesResource> policies, Map<String, RuntimePolicyRecord> published,
            long nowNanos) {
        Map<String, RuntimePolicyRecord> records = new TreeMap<>();
        List<Verdict> verdicts = new ArrayList<>();
        for (GenericKubernetesResource resource : policies) {
            String namespace = resource.getMetadata().getNamespace();
            String name = resource.getMetadata().getName();
            String source = "RuntimePolicy/" + namespace + '/' + name;
            String key = Keys.runtimePolicy(cluster, namespace, name);
            RuntimePolicyRecord before = published.get(key);
            try {
                RuntimePolicyRecord record = read(cluster, resource, nowNanos);
                if (records.size() >= MOST && before == null) {
                    throw new MalformedRecordException("there are more than " + MOST + " runtime policies");
                }
                records.put(key, before != null && same(before, record) ? before : record);
                verdicts.add(Verdict.ready(resource, source, "published to the detection jobs", record.getDigest(), 0));
            } catch (MalformedRecordException | RuntimeException e) {
                if (before != null) {
                    records.put(key, before);
                }
                verdicts.add(Verdict.invalid(resource, source, "Invalid",
                        Texts.problem(source, e) + (before == null ? "" : "; the last valid one stays in force"),
                        before == null ? "" : before.getDigest()));
            }
        }
        return new Result(records, verdicts);
    }

    private static RuntimePolicyRecord read(String cluster, GenericKubernetesResource resource, long nowNanos)
            throws MalformedRecordException {
        RuntimePolicyRecord record = RuntimePolicySpec.read(cluster, resource.getMetadata().getNamespace(),
                resource.getMetadata().getName(), resource.getAdditionalProperties().get("spec"));
        record.setGeneration(Objects.generation(resource));
        record.setIssuedBy(PolicyPlan.ISSUER);
        record.setIssuedTime(nowNanos);
        int bytes = CODEC.encode(record).length;
        if (bytes > MOST_BYTES) {
            throw new MalformedRecordException("is larger than " + MOST_BYTES + " bytes");
        }
        return record;
    }

    private static boolean same(RuntimePolicyRecord a, RuntimePolicyRecord b) {
        return a.getDigest().equals(b.getDigest()) && a.getSource().equals(b.getSource())
                && a.getGeneration() == b.getGeneration() && a.getIssuedBy().equals(b.getIssuedBy());
    }
}
