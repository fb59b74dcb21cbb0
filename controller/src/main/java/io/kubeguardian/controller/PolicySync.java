package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeguardian.config.ControllerSettings;
import io.kubeguardian.schema.AdmissionPolicyRecord;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CheckExceptionRecord;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.NamespaceMetadata;
import io.kubeguardian.schema.RuntimePolicyRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Takes policies and namespaces from the API server to {@code kubeguardian.policies}. Each round compares all that there
 * is with all that was published, sends the difference, and then, once Kafka has it, says so in the objects' status.
 */
final class PolicySync implements AutoCloseable {
    private static final AvroCodec<AdmissionPolicyRecord> POLICIES = AvroCodec.of(AdmissionPolicyRecord.class);
    private static final AvroCodec<RuntimePolicyRecord> RUNTIME_POLICIES = AvroCodec.of(RuntimePolicyRecord.class);
    private static final AvroCodec<CheckExceptionRecord> EXCEPTIONS = AvroCodec.of(CheckExceptionRecord.class);
    private static final AvroCodec<NamespaceMetadata> NAMESPACES = AvroCodec.of(NamespaceMetadata.class);

    private final ControllerSettings settings;
    private final LongSupplier term;
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
    /** What the topic holds of this cluster, as far as others did not publish after {@link #knownIn}. */
    private Map<String, AdmissionPolicyRecord> publishedPolicies;
    private Map<String, RuntimePolicyRecord> publishedRuntimePolicies;
    private Map<String, CheckExceptionRecord> publishedExceptions;
    private Map<String, NamespaceMetadata> publishedNamespaces;
    /** The term of leadership in which it was read; 0: it is not known. */
    private long knownIn;
    private volatile long reconciledIn;

    /** @param term of this replica's leadership, see {@link Leadership#term} */
    PolicySync(
            KubernetesClient client, ControllerSettings settings, LongSupplier term, KeyedTopic topic,
            ControllerMetrics metrics, Clock clock) {
        this.settings = settings;
        this.term = term;
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
        long now = term.getAsLong();
        return now != 0 && now != reconciledIn ? "policies are not published yet" : "";
    }

    private void round() {
        long present = term.getAsLong();
        if (present == 0) {
            return;
        }
        if (!all().stream().allMatch(Watched::synced)) {
            throw new IllegalStateException(readiness()); // what is not listed yet must not be taken back
        }
        if (knownIn != present) { // another one may have changed the topic meanwhile
            load();
            knownIn = present;
        }
        Instant now = clock.instant();
        long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        PolicyObjects objects = new PolicyObjects(policies.all(), exceptions.all(), runtimePolicies.all(), configMaps.all(),
                namespaces.all());
        PolicyPlan.Result plan = PolicyPlan.of(settings.cluster(), objects, publishedPolicies, publishedExceptions, cache, nanos);
        Map<String, NamespaceMetadata> wanted =
                NamespaceRecords.of(settings.cluster(), objects.namespaces(), publishedNamespaces, now.toEpochMilli());
        RuntimePolicyPlan.Result runtime =
                RuntimePolicyPlan.of(settings.cluster(), objects.runtimePolicies(), publishedRuntimePolicies, nanos);
        publish(plan, runtime.records(), wanted);
        List<Verdict> verdicts = new ArrayList<>(plan.verdicts());
        verdicts.addAll(runtime.verdicts());
        count(plan.records().size() + runtime.records().size(), verdicts);
        statuses.write(verdicts);
        metrics.reconciled.set(now.getEpochSecond());
        reconciledIn = present;
    }

    private void load() {
        String admission = Keys.admissionPolicy(settings.cluster(), "");
        String exception = Keys.checkException(settings.cluster(), "");
        String runtime = Keys.runtimePolicies(settings.cluster());
        String namespace = Keys.namespace(settings.cluster(), "");
        List<String> prefixes = List.of(admission, exception, runtime, namespace);
        Map<String, byte[]> records = topic.load(key -> prefixes.stream().anyMatch(key::startsWith));
        publishedNamespaces = KeyedTopic.decode(beginning(records, namespace), NamespaceMetadata.class);
        publishedExceptions = KeyedTopic.decode(beginning(records, exception), CheckExceptionRecord.class);
        publishedRuntimePolicies = KeyedTopic.decode(beginning(records, runtime), RuntimePolicyRecord.class);
        publishedPolicies = KeyedTopic.decode(beginning(records, admission), AdmissionPolicyRecord.class);
    }

    private static Map<String, byte[]> beginning(Map<String, byte[]> records, String prefix) {
        Map<String, byte[]> some = new HashMap<>(records);
        some.keySet().removeIf(key -> !key.startsWith(prefix));
        return some;
    }

    private void publish(
            PolicyPlan.Result plan, Map<String, RuntimePolicyRecord> runtimePolicies,
            Map<String, NamespaceMetadata> namespaces) {
        Map<String, byte[]> changes = new LinkedHashMap<>();
        int changedPolicies = changed(plan.records(), publishedPolicies, POLICIES, changes);
        int changedExceptions = changed(plan.exceptions(), publishedExceptions, EXCEPTIONS, changes);
        int changedRuntime = changed(runtimePolicies, publishedRuntimePolicies, RUNTIME_POLICIES, changes);
        int changedNamespaces = changed(namespaces, publishedNamespaces, NAMESPACES, changes);
        int changed = changes.size();
        gone(publishedPolicies, plan.records(), changes);
        gone(publishedExceptions, plan.exceptions(), changes);
        gone(publishedRuntimePolicies, runtimePolicies, changes);
        gone(publishedNamespaces, namespaces, changes);
        if (term.getAsLong() != knownIn) {
            throw new IllegalStateException("no longer the leader");
        }
        try {
            topic.send(changes);
        } catch (RuntimeException e) {
            knownIn = 0; // some of it may be there
            throw e;
        }
        publishedPolicies = new HashMap<>(plan.records());
        publishedExceptions = new HashMap<>(plan.exceptions());
        publishedRuntimePolicies = new HashMap<>(runtimePolicies);
        publishedNamespaces = new HashMap<>(namespaces);
        metrics.published.labels("policy").inc(changedPolicies);
        metrics.published.labels("exception").inc(changedExceptions);
        metrics.published.labels("runtime-policy").inc(changedRuntime);
        metrics.published.labels("namespace").inc(changedNamespaces);
        metrics.published.labels("tombstone").inc(changes.size() - changed);
    }

    private static <T extends SpecificRecordBase> int changed(
            Map<String, T> wanted, Map<String, T> published, AvroCodec<T> codec, Map<String, byte[]> changes) {
        int before = changes.size();
        wanted.forEach((key, record) -> {
            if (published.get(key) != record) {
                changes.put(key, codec.encode(record));
            }
        });
        return changes.size() - before;
    }

    private static void gone(Map<String, ?> published, Map<String, ?> wanted, Map<String, byte[]> changes) {
        published.keySet().stream().filter(key -> !wanted.containsKey(key)).forEach(key -> changes.put(key, null));
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
