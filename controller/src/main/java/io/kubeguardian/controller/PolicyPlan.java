package io.kubeguardian.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.kubeguardian.policy.user.PolicyException;
import io.kubeguardian.policy.user.PolicyReader;
import io.kubeguardian.policy.user.PublishedPolicy;
import io.kubeguardian.schema.AdmissionPolicyRecord;
import io.kubeguardian.schema.CheckExceptionRecord;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PolicyExemption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What shall be on the topic, and what to tell the authors: a function of what the API server holds, of what is
 * published, and of the time.
 *
 * <p>A source that became invalid keeps what it had published. Of two policies with one name the AdmissionPolicy is
 * taken, then that of the ConfigMap that comes first by name.
 */
final class PolicyPlan implements ExceptionPlan.Target {
    static final String ISSUER = "kubeguardian-controller";
    static final int MOST_POLICIES = 5_000;
    /** As many as a webhook takes. */
    static final int MOST_CHECK_EXCEPTIONS = 1_000;
    /** Of one policy, and of its exceptions together; both fit into a record. */
    static final int MOST_POLICY_BYTES = 512 << 10;
    static final int MOST_EXCEPTION_BYTES = 256 << 10;

    private final String cluster;
    private final PolicyCache cache;
    private final Map<String, AdmissionPolicyRecord> published;
    private final Map<String, CheckExceptionRecord> publishedExceptions;
    private final long nowNanos;
    /** By the policy's name. */
    private final Map<String, Candidate> candidates = new TreeMap<>();
    /** From built-in checks, by key. */
    private final Map<String, CheckExceptionRecord> exceptions = new TreeMap<>();
    private final List<Verdict> verdicts = new ArrayList<>();
    private final List<Source> sources = new ArrayList<>();

    /**
     * One that may go onto the topic.
     *
     * @param exceptions JSON by the exception's name
     */
    private record Candidate(
            String name, String source, byte[] policy, long generation, int exemptions, Map<String, byte[]> exceptions) {
        int exceptionBytes() {
            return exceptions.values().stream().mapToInt(each -> each.length).sum();
        }
    }

    /** @param problem empty: all of it was taken */
    private record Source(GenericKubernetesResource of, String source, String reason, String problem) {}

    private PolicyPlan(String cluster, PolicyCache cache, Map<String, AdmissionPolicyRecord> published,
            Map<String, CheckExceptionRecord> publishedExceptions, long nowNanos) {
        this.cluster = cluster;
        this.cache = cache;
        this.published = published;
        this.publishedExceptions = publishedExceptions;
        this.nowNanos = nowNanos;
    }

    /**
     * All that shall be there, by key.
     *
     * @param records policies
     * @param exceptions from built-in checks
     */
    record Result(Map<String, AdmissionPolicyRecord> records, Map<String, CheckExceptionRecord> exceptions,
            List<Verdict> verdicts) {}

    /**
     * @param published policies that the topic holds of this cluster, by key; so the exceptions
     * @param nowNanos nanoseconds since the Unix epoch
     */
    static Result of(
            String cluster, PolicyObjects objects, Map<String, AdmissionPolicyRecord> published,
            Map<String, CheckExceptionRecord> publishedExceptions, PolicyCache cache, long nowNanos) {
        PolicyPlan plan = new PolicyPlan(cluster, cache, published, publishedExceptions, nowNanos);
        sorted(objects.policies()).forEach(plan::policy);
        objects.configMaps().stream()
                .sorted(Comparator.comparing(map -> map.getMetadata().getName()))
                .forEach(plan::configMap);
        plan.keepLastValid();
        new ExceptionPlan(plan.cache, nowNanos).apply(sorted(objects.exceptions()), plan, plan.verdicts);
        Map<String, AdmissionPolicyRecord> records = plan.records();
        plan.tell(records);
        return new Result(records, Map.copyOf(plan.exceptions), List.copyOf(plan.verdicts));
    }

    private static List<GenericKubernetesResource> sorted(List<GenericKubernetesResource> objects) {
        return objects.stream().sorted(Comparator.comparing(each -> each.getMetadata().getName())).toList();
    }

    private void policy(GenericKubernetesResource resource) {
        String name = resource.getMetadata().getName();
        String source = "AdmissionPolicy/" + name;
        try {
            JsonNode spec = Json.tree(resource.getAdditionalProperties().get("spec"));
            if (!spec.isObject()) {
                throw new PolicyException("spec must be an object");
            }
            ObjectNode policy = Json.MAPPER.createObjectNode().put("name", name);
            if (spec.has("name")) {
                throw new PolicyException("spec.name: the object's name is the policy's; leave it out");
            }
            policy.setAll((ObjectNode) spec);
            take(name, source, policy, Objects.generation(resource));
            sources.add(new Source(resource, source, "", ""));
        } catch (PolicyException | RuntimeException e) {
            sources.add(new Source(resource, source, "Invalid", Texts.problem(source, e)));
        }
    }

    private void configMap(ConfigMap map) {
        String source = "ConfigMap/" + map.getMetadata().getNamespace() + '/' + map.getMetadata().getName();
        try {
            List<PolicyReader.Source> read = new ArrayList<>();
            PolicyReader reader = new PolicyReader();
            Map<String, String> data = map.getData() == null ? Map.of() : new TreeMap<>(map.getData());
            for (Map.Entry<String, String> file : data.entrySet()) {
                read.addAll(reader.sources(file.getKey(),
                        String.valueOf(file.getValue()).getBytes(StandardCharsets.UTF_8)));
            }
            if (read.isEmpty()) {
                throw new PolicyException("holds no policy");
            }
            for (PolicyReader.Source each : read) { // whole or not at all
                Candidate other = candidates.get(each.policy().name());
                if (other != null) {
                    throw new PolicyException("policy " + other.name + " is that of " + other.source + " already");
                }
            }
            for (PolicyReader.Source each : read) {
                take(each.policy().name(), source, each.node().toJson(), 0);
            }
            sources.add(new Source(null, source, "", ""));
        } catch (PolicyException | RuntimeException e) {
            candidates.values().removeIf(each -> each.source.equals(source));
            sources.add(new Source(null, source, "Invalid", Texts.problem(source, e)));
        }
    }

    private void take(String name, String source, JsonNode policy, long generation) throws PolicyException {
        byte[] json = Json.bytes(policy);
        if (json.length > MOST_POLICY_BYTES) {
            throw new PolicyException("is larger than " + MOST_POLICY_BYTES + " bytes");
        }
        if (candidates.size() >= MOST_POLICIES) {
            throw new PolicyException("there are more than " + MOST_POLICIES + " policies");
        }
        cache.check(source, policy, json);
        candidates.put(name, new Candidate(name, source, json, generation, policy.path("exemptions").size(),
                new LinkedHashMap<>()));
    }

    /** What invalid sources had published stays, where nobody else has taken its name. */
    private void keepLastValid() {
        for (Source source : sources) {
            if (source.problem.isEmpty()) {
                continue;
            }
            for (AdmissionPolicyRecord record : published.values()) {
                if (record.getSource().equals(source.source)) {
                    byte[] policy = bytes(record.getPolicy());
                    candidates.putIfAbsent(record.getName(), new Candidate(record.getName(), source.source, policy,
                            record.getGeneration(), cache.exemptions(policy), new LinkedHashMap<>()));
                }
            }
        }
    }

    @Override
    public String exceptChecks(List<String> checks, String exception, byte[] exemption, String digest, long generation) {
        if (exceptions.size() >= MOST_CHECK_EXCEPTIONS) {
            return "there are " + MOST_CHECK_EXCEPTIONS + " exceptions from built-in checks already";
        }
        CheckExceptionRecord record = new CheckExceptionRecord(cluster, exception, checks, ByteBuffer.wrap(exemption),
                digest, generation, ISSUER, nowNanos);
        String key = Keys.checkException(cluster, exception);
        CheckExceptionRecord before = publishedExceptions.get(key);
        exceptions.put(key, before != null && before.getDigest().equals(digest)
                && before.getGeneration() == generation ? before : record);
        return "";
    }

    @Override
    public String except(String policy, String exception, byte[] exemption) {
        Candidate candidate = candidates.get(policy);
        if (candidate == null) {
            return "there is no policy " + policy;
        }
        if (candidate.exemptions + candidate.exceptions.size() >= PublishedPolicy.MOST_EXEMPTIONS) {
            return "policy " + policy + " has " + PublishedPolicy.MOST_EXEMPTIONS + " exemptions already";
        }
        if (candidate.exceptionBytes() + exemption.length > MOST_EXCEPTION_BYTES) {
            return "policy " + policy + " has exceptions of " + MOST_EXCEPTION_BYTES + " bytes already";
        }
        candidate.exceptions.put(exception, exemption);
        return "";
    }

    private Map<String, AdmissionPolicyRecord> records() {
        Map<String, AdmissionPolicyRecord> records = new TreeMap<>();
        for (Candidate candidate : candidates.values()) {
            List<byte[]> parts = new ArrayList<>(List.of(candidate.policy));
            List<PolicyExemption> exceptions = new ArrayList<>();
            candidate.exceptions.forEach((name, exemption) -> {
                parts.add(name.getBytes(StandardCharsets.UTF_8));
                parts.add(exemption);
                exceptions.add(new PolicyExemption(name, ByteBuffer.wrap(exemption)));
            });
            AdmissionPolicyRecord record = new AdmissionPolicyRecord(cluster, candidate.name, candidate.source,
                    ByteBuffer.wrap(candidate.policy), exceptions, Json.digest(parts), candidate.generation, ISSUER, nowNanos);
            String key = Keys.admissionPolicy(cluster, candidate.name);
            AdmissionPolicyRecord before = published.get(key);
            records.put(key, before != null && same(before, record) ? before : record);
        }
        return records;
    }

    private static boolean same(AdmissionPolicyRecord a, AdmissionPolicyRecord b) {
        return a.getDigest().equals(b.getDigest()) && a.getSource().equals(b.getSource())
                && a.getGeneration() == b.getGeneration() && a.getName().equals(b.getName());
    }

    private void tell(Map<String, AdmissionPolicyRecord> records) {
        Map<String, List<AdmissionPolicyRecord>> bySource = new HashMap<>();
        records.values().forEach(record ->
                bySource.computeIfAbsent(record.getSource(), key -> new ArrayList<>()).add(record));
        for (Source source : sources) {
            List<AdmissionPolicyRecord> own = bySource.getOrDefault(source.source, List.of());
            String digest = own.size() == 1 ? own.getFirst().getDigest() : "";
            if (!source.problem.isEmpty()) {
                verdicts.add(Verdict.invalid(source.of, source.source, source.reason,
                        source.problem + (own.isEmpty() ? "" : "; the last valid one stays in force"), digest));
            } else {
                int exceptions = own.stream().mapToInt(record -> record.getExceptions().size()).sum();
                verdicts.add(Verdict.ready(source.of, source.source, "published to the webhooks", digest, exceptions));
            }
        }
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
