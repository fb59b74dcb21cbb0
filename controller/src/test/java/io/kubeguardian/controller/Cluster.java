package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AdmissionPolicyRecord;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** fabric8's API server for tests, Kafka's own broker, and controllers between them. */
final class Cluster implements AutoCloseable {
    static final String NAME = "prod";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    final EmbeddedKafka kafka = EmbeddedKafka.start();
    final KubernetesMockServer api = Mixed.server();
    final KubernetesClient client;
    private final KeyedTopic policies;
    private final KeyedTopic pods;

    Cluster() {
        api.init();
        for (ResourceDefinitionContext kind : List.of(Kinds.ADMISSION_POLICY, Kinds.POLICY_EXCEPTION, Kinds.RUNTIME_POLICY)) {
            api.expectCustomResource(new CustomResourceDefinitionContext.Builder().withGroup(kind.getGroup())
                    .withVersion(kind.getVersion()).withKind(kind.getKind()).withPlural(kind.getPlural())
                    .withScope(kind.isNamespaceScoped() ? "Namespaced" : "Cluster").withStatusSubresource(true).build());
        }
        client = api.createClient();
        TopicSetup.createMissing(kafka.clientProperties(), 2);
        policies = new KeyedTopic(config(Map.of()).kafka(), Topics.POLICIES);
        pods = new KeyedTopic(config(Map.of()).kafka(), Topics.PODS);
    }

    KubeGuardianConfig config(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                "KUBEGUARDIAN_CONTROLLER_CLUSTER", NAME,
                "KUBEGUARDIAN_CONTROLLER_HOST", "127.0.0.1",
                "KUBEGUARDIAN_CONTROLLER_MANAGEMENT_PORT", "0",
                "KUBEGUARDIAN_CONTROLLER_RESYNC_SECONDS", "1",
                "KUBEGUARDIAN_CONTROLLER_LEASE_SECONDS", "3",
                "KUBEGUARDIAN_CONTROLLER_TOMBSTONE_SECONDS", "0"));
        environment.putAll(more);
        return ConfigReader.read(null, environment);
    }

    PolicyController controller(String identity, Map<String, String> more) {
        return PolicyController.start(config(more), client, identity, Clock.systemUTC());
    }

    /** Another way to the API server. */
    static KubernetesClient clientOf(int port) {
        return new KubernetesClientBuilder().withConfig(new ConfigBuilder(Config.empty())
                .withMasterUrl("http://localhost:" + port).withWatchReconnectInterval(100).build()).build();
    }

    void namespace(String name, Map<String, String> labels) {
        client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName(name).withLabels(labels).endMetadata()
                .build()).createOr(existing -> existing.update());
    }

    /** Creates or changes an object of ours. */
    void apply(ResourceDefinitionContext kind, String name, Object spec, long generation) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion("kubeguardian.io/v1alpha1");
        object.setKind(kind.getKind());
        object.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder().withName(name).withGeneration(generation)
                .withNamespace(kind.isNamespaceScoped() ? "shop" : null).build());
        object.setAdditionalProperties(new HashMap<>(Map.of("spec", spec)));
        var objects = client.genericKubernetesResources(kind);
        (kind.isNamespaceScoped() ? objects.inNamespace("shop") : objects).resource(object)
                .createOr(existing -> existing.update());
    }

    void configMap(String name, Map<String, String> data) {
        client.configMaps().inNamespace("kubeguardian").resource(new ConfigMapBuilder().withNewMetadata().withName(name)
                .withNamespace("kubeguardian").withLabels(Map.of(Kinds.CONFIG_MAP_LABEL, "true")).endMetadata().withData(data)
                .build()).createOr(existing -> existing.update());
    }

    Resource<GenericKubernetesResource> object(ResourceDefinitionContext kind, String name) {
        var objects = client.genericKubernetesResources(kind);
        return kind.isNamespaceScoped() ? objects.inNamespace("shop").withName(name) : objects.withName(name);
    }

    /** {@code Ready=True Published: …} of its status; empty while it has none. */
    String status(ResourceDefinitionContext kind, String name) {
        GenericKubernetesResource object = object(kind, name).get();
        Map<String, Object> status = object == null ? null : object.get("status");
        if (status == null) {
            return "";
        }
        StringBuilder line = new StringBuilder("generation=" + status.get("observedGeneration"));
        for (Object each : (List<?>) status.get("conditions")) {
            Map<?, ?> condition = (Map<?, ?>) each;
            line.append(' ').append(condition.get("type")).append('=').append(condition.get("status"));
        }
        Map<?, ?> ready = (Map<?, ?>) ((List<?>) status.get("conditions")).get(0);
        return line.append(' ').append(ready.get("reason")).append(": ").append(ready.get("message")).toString();
    }

    Map<String, AdmissionPolicyRecord> published() {
        return KeyedTopic.decode(policies.load(key -> key.startsWith("admission/")), AdmissionPolicyRecord.class);
    }

    Map<String, RuntimePolicyRecord> publishedRuntimePolicies() {
        return KeyedTopic.decode(policies.load(key -> key.startsWith(Keys.RUNTIME)), RuntimePolicyRecord.class);
    }

    Map<String, byte[]> policyTopic() {
        return policies.load(key -> true);
    }

    Map<String, PodMetadata> podTopic() {
        return KeyedTopic.decode(pods.load(key -> true), PodMetadata.class);
    }

    /** As another leader might: a record of each topic. */
    void takeBack(String policyKey, String podKey) {
        policies.send(Collections.singletonMap(policyKey, null));
        pods.send(Collections.singletonMap(podKey, null));
    }

    static void await(String what, BooleanSupplier condition, Supplier<Object> state) {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError(what + " did not come; there is " + state.get());
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void close() {
        policies.close();
        pods.close();
        client.close();
        api.destroy();
        kafka.close();
    }
}
