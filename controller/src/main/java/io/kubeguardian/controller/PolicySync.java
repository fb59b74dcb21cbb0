package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeguardian.config.ControllerSettings;
import io.kubeguardian.schema.AdmissionPolicyRecord;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.NamespaceMetadata;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Takes policies and namespaces from the API server to {@code kubeguardian.policies}. Each round compares all that there
 * is with all that was published, sends the difference, and then, once Kafka has it, says so in the objects' status.
 */
final class PolicySync implements AutoCloseable {
    private static final AvroCodec<AdmissionPolicyRecord> POLICIES = AvroCodec.of(AdmissionPolicyRecord.class);
    private static final AvroCodec<NamespaceMetadata> NAMESPACES = AvroCodec.of(NamespaceMetadata.class);

    private final ControllerSettings settings;
    private final BooleanSupplier leading;
    private final KeyedTopic topic;
    private final StatusWriter statuses;
    private final ControllerMetrics metrics;
    private final Clock clock;
    private final PolicyCache cache = new PolicyCache();
    private final Loop loop;
    private final Watched<GenericKubernetesResource> policies;
    private final Watched<GenericKubernetesResource> exceptions;
    private final Watched<GenericKubernetesResource> runtimePolicies;
    private final Watched<ConfigMap> configMaps;
    private final Watched<Namespace> namespaces;
    /** What the topic holds of this cluster; null: not known. */
    private Map<String, AdmissionPolicyRecord> publishedPolicies;
    private Map<String, NamespaceMetadata> publishedNamespaces;
    private volatile boolean reconciled;

    PolicySync(
            KubernetesClient client, ControllerSettings settings, BooleanSupplier leading, KeyedTopic topic,
            ControllerMetrics metrics, Clock clock) {
        this.settings = settings;
        this.leading = leading;
        this.topic = topic;
        this.statuses = new StatusWriter(client, clock, () -> metrics.failures.labels("status").inc());
        this.metrics = metrics;
        this.clock = clock;
        this.loop = new Loop("policies", Duration.ofSeconds(settings.resyncSeconds()), this::round,
                () -> metrics.failures.labels("policies").inc());
        this.policies = watched("AdmissionPolicy", () -> client.genericKubernetesResources(Kinds.ADMISSION_POLICY));
        this.exceptions = watched("PolicyException", () -> client.genericKubernetesResources(Kinds.POLICY_EXCEPTION));
        this.runtimePolicies = watched("RuntimePolicy",
                () -> client.genericKubernetesResources(Kinds.RUNTIME_POLICY).inAnyNamespace());
        this.configMaps = watched("ConfigMap",
                () -> client.configMaps().inNamespace(settings.namespace()).withLabel(Kinds.CONFIG_MAP_LABEL));
        this.namespaces = watched("Namespace", client::namespaces);
    }

    private <T extends io.fabric8.kubernetes.api.model.HasMetadata> Watched<T> watched(
            String kind, Supplier<io.fabric8.kubernetes.client.dsl.Informable<T>> objects) {
        return new Watched<>(kind, objects.get(), Map.of(), (before, after) -> loop.ring(), metrics);
    }

    private List<Watched<?>> all() {
        return List.of(policies, exceptions, runtimePolicies, configMaps, namespaces);
    }

    void begin() {
        all().forEach(Watched::begin);
        loop.begin();
    }

    /** Leadership came or went. */
    void ring() {
        loop.ring();
    }

    boolean alive() {
        return loop.alive();
    }

    /** Why policies are not known or not published yet; empty: they are. */
    String readiness() {
        for (Watched<?> each : all()) {
            if (!each.synced()) {
                return "still listing " + each.kind() + "; is deploy/k8s/crds applied, and may the controller list them?";
            }
        }
        return leading.getAsBoolean() && !reconciled ? "policies are not published yet" : "";
    }

    private void round() {
        if (!leading.getAsBoolean()) {
            publishedPolicies = null; // another one may change the topic meanwhile
            reconciled = false;
            return;
        }
        if (!all().stream().allMatch(Watched::synced)) {
            throw new IllegalStateException(readiness()); // what is not listed yet must not be taken back
        }
        if (publishedPolicies == null) {
            load();
        }
        Instant now = clock.instant();
        long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        PolicyObjects objects = new PolicyObjects(policies.all(), exceptions.all(), runtimePolicies.all(), configMaps.all(),
                namespaces.all());
        PolicyPlan.Result plan = PolicyPlan.of(settings.cluster(), objects, publishedPolicies, cache, nanos);
        Map<String, NamespaceMetadata> wanted =
                NamespaceRecords.of(settings.cluster(), objects.namespaces(), publishedNamespaces, now.toEpochMilli());
        publish(plan.records(), wanted);
        List<Verdict> verdicts = new java.util.ArrayList<>(plan.verdicts());
        objects.runtimePolicies().forEach(policy -> verdicts.add(RuntimePolicies.verdict(policy)));
        count(plan.records().size(), verdicts);
        statuses.write(verdicts);
        metrics.reconciled.set(now.getEpochSecond());
        reconciled = true;
    }

    private void load() {
        String admission = Keys.admissionPolicy(settings.cluster(), "");
        String namespace = Keys.namespace(settings.cluster(), "");
        Map<String, byte[]> records = topic.load(key -> key.startsWith(admission) || key.startsWith(namespace));
        Map<String, byte[]> ofPolicies = new HashMap<>(records);
        ofPolicies.keySet().removeIf(key -> !key.startsWith(admission));
        records.keySet().removeIf(key -> !key.startsWith(namespace));
        publishedNamespaces = KeyedTopic.decode(records, NamespaceMetadata.class);
        publishedPolicies = KeyedTopic.decode(ofPolicies, AdmissionPolicyRecord.class);
    }

    private void publish(Map<String, AdmissionPolicyRecord> policies, Map<String, NamespaceMetadata> namespaces) {
        Map<String, byte[]> changes = new LinkedHashMap<>();
        policies.forEach((key, record) -> {
            if (publishedPolicies.get(key) != record) {
                changes.put(key, POLICIES.encode(record));
            }
        });
        int changedPolicies = changes.size();
        namespaces.forEach((key, record) -> {
            if (publishedNamespaces.get(key) != record) {
                changes.put(key, NAMESPACES.encode(record));
            }
        });
        int changed = changes.size();
        publishedPolicies.keySet().stream().filter(key -> !policies.containsKey(key)).forEach(key -> changes.put(key, null));
        publishedNamespaces.keySet().stream().filter(key -> !namespaces.containsKey(key)).forEach(key -> changes.put(key, null));
        if (!leading.getAsBoolean()) {
            throw new IllegalStateException("no longer the leader");
        }
        try {
            topic.send(changes);
        } catch (RuntimeException e) {
            publishedPolicies = null; // some of it may be there
            throw e;
        }
        publishedPolicies = new HashMap<>(policies);
        publishedNamespaces = new HashMap<>(namespaces);
        metrics.published.labels("policy").inc(changedPolicies);
        metrics.published.labels("namespace").inc(changed - changedPolicies);
        metrics.published.labels("tombstone").inc(changes.size() - changed);
    }

    private void count(int inForce, List<Verdict> verdicts) {
        long ready = verdicts.stream().filter(Verdict::ready).count();
        long invalid = verdicts.stream().filter(Verdict::invalid).count();
        metrics.policies.set(inForce);
        metrics.sources.labels("ready").set(ready);
        metrics.sources.labels("invalid").set(invalid);
        metrics.sources.labels("other").set(verdicts.size() - ready - invalid);
    }

    @Override
    public void close() {
        all().forEach(Watched::close);
        loop.close();
    }
}
