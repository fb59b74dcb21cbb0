package io.kubeguardian.controller;

import static io.kubeguardian.controller.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.policy.user.PublishedPolicy;
import io.kubeguardian.schema.AdmissionPolicyRecord;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CheckExceptionRecord;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.PolicyExemption;
import io.kubeguardian.schema.RuntimePolicyCheck;
import io.kubeguardian.schema.RuntimePolicyMode;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.webhook.Webhook;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The controller between fabric8's API server for tests and a real broker. */
class PolicyControllerIT {
    private static final Map<String, Object> NO_ESCALATION = Map.of(
            "description", "Containers must not gain privileges",
            "conditions", List.of(Map.of("field", "securityContext.allowPrivilegeEscalation", "operator", "equals",
                    "value", true)));
    private static Cluster cluster;
    private PolicyController controller;

    @BeforeAll
    static void start() {
        cluster = new Cluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void control() {
        cluster.namespace("shop", Map.of("tier", "gold"));
        controller = cluster.controller("a", Map.of());
    }

    @AfterEach
    void end() {
        controller.close();
    }

    @Test
    void aPolicyIsPublishedThenReadyAndAnInvalidUpdateKeepsTheLastValidOne() {
        cluster.apply(Kinds.ADMISSION_POLICY, "no-escalation", NO_ESCALATION, 1);

        awaitStatus(Kinds.ADMISSION_POLICY, "no-escalation", "generation=1 Ready=True Invalid=False Published");
        String key = Keys.admissionPolicy(Cluster.NAME, "no-escalation");
        String digest = cluster.published().get(key).getDigest();
        assertThat(digest).startsWith("sha256:");
        Map<String, Object> status = cluster.object(Kinds.ADMISSION_POLICY, "no-escalation").get().get("status");
        assertThat(status).containsEntry("digest", digest);

        cluster.apply(Kinds.ADMISSION_POLICY, "no-escalation",
                Map.of("validations", List.of(Map.of("expression", "object.spec.replicas <"))), 2);

        awaitStatus(Kinds.ADMISSION_POLICY, "no-escalation", "generation=2 Ready=False Invalid=True Invalid: ");
        assertThat(cluster.status(Kinds.ADMISSION_POLICY, "no-escalation"))
                .contains("expression").contains("the last valid one stays in force");
        assertThat(cluster.published().get(key).getDigest()).isEqualTo(digest);

        cluster.object(Kinds.ADMISSION_POLICY, "no-escalation").delete();
        await("tombstone", () -> !cluster.policyTopic().containsKey(key), cluster::policyTopic);
    }

    @Test
    void configMapsLoadWholeOrNotAtAllAndDoNotTakeTheNameOfAnAdmissionPolicy() {
        String one = "policies: [{name: of-a-map, conditions: [{field: hostNetwork, operator: equals, value: true}]}]";
        cluster.configMap("team", Map.of("one.yaml", one));
        String key = Keys.admissionPolicy(Cluster.NAME, "of-a-map");
        await("policy of the ConfigMap", () -> cluster.published().containsKey(key), cluster::published);
        assertThat(cluster.published().get(key).getSource()).isEqualTo("ConfigMap/kubeguardian/team");

        cluster.configMap("team", Map.of("one.yaml", one, "two.yaml", "policies: [{name: half, conditions: [{field: a}]}]"));
        cluster.apply(Kinds.ADMISSION_POLICY, "of-a-map", NO_ESCALATION, 1);

        awaitStatus(Kinds.ADMISSION_POLICY, "of-a-map", "generation=1 Ready=True");
        assertThat(cluster.published().get(key).getSource()).isEqualTo("AdmissionPolicy/of-a-map");
        assertThat(cluster.published()).doesNotContainKey(Keys.admissionPolicy(Cluster.NAME, "half"));
        cluster.client.configMaps().inNamespace("kubeguardian").withName("team").delete();
        cluster.object(Kinds.ADMISSION_POLICY, "of-a-map").delete();
        await("tombstone", () -> !cluster.policyTopic().containsKey(key), cluster::policyTopic);
    }

    @Test
    void anExceptionGoesWithItsPolicyUntilItEnds() throws Exception {
        cluster.apply(Kinds.ADMISSION_POLICY, "excepted", NO_ESCALATION, 1);
        cluster.apply(Kinds.POLICY_EXCEPTION, "legacy", Map.of("policies", List.of("excepted", "nowhere"), "namespaces",
                List.of("legacy"), "reason", "until the rewrite", "until", "2999-12-31"), 1);
        cluster.apply(Kinds.POLICY_EXCEPTION, "past", Map.of("policies", List.of("excepted"), "namespaces",
                List.of("past"), "reason", "was", "until", "2020-12-31"), 1);

        awaitStatus(Kinds.POLICY_EXCEPTION, "legacy", "generation=1 Ready=False Invalid=False AppliesToSome: there is no policy nowhere");
        awaitStatus(Kinds.POLICY_EXCEPTION, "past", "generation=1 Ready=False Invalid=False Expired");
        AdmissionPolicyRecord record = cluster.published().get(Keys.admissionPolicy(Cluster.NAME, "excepted"));
        assertThat(record.getExceptions()).extracting(PolicyExemption::getName).containsExactly("legacy");
        assertThat(new PublishedPolicy().of(record).name()).isEqualTo("excepted");
    }

    @Test
    void anExceptionFromBuiltInChecksIsPublishedByItselfAndOneFromNoCheckIsInvalid() throws Exception {
        Map<String, Object> spec = Map.of("checks", List.of("privileged-container"), "namespaces", List.of("agents"), "reason",
                "the node's agent", "until", "2999-12-31");
        cluster.apply(Kinds.POLICY_EXCEPTION, "agent", spec, 1);
        Map<String, Object> unknown = new HashMap<>(spec);
        unknown.put("checks", List.of("no-such-check"));
        cluster.apply(Kinds.POLICY_EXCEPTION, "of-nothing", unknown, 1);

        awaitStatus(Kinds.POLICY_EXCEPTION, "agent", "generation=1 Ready=True Invalid=False Published: published to the webhooks");
        awaitStatus(Kinds.POLICY_EXCEPTION, "of-nothing", "generation=1 Ready=False Invalid=True Invalid: there is no built-in check");
        String key = Keys.checkException(Cluster.NAME, "agent");
        CheckExceptionRecord record = AvroCodec.of(CheckExceptionRecord.class).decode(cluster.policyTopic().get(key));
        assertThat(new PublishedPolicy().of(record).checks()).containsExactly("privileged-container");
        assertThat(cluster.object(Kinds.POLICY_EXCEPTION, "agent").get().<Map<String, Object>>get("status"))
                .containsEntry("digest", record.getDigest()).containsEntry("policies", List.of("check:privileged-container"));
        assertThat(cluster.policyTopic()).doesNotContainKey(Keys.checkException(Cluster.NAME, "of-nothing"));

        cluster.object(Kinds.POLICY_EXCEPTION, "agent").delete();
        await("tombstone", () -> !cluster.policyTopic().containsKey(key), cluster::policyTopic);
    }

    @Test
    void aRuntimePolicyIsPublishedToTheJobsAndAnInvalidUpdateKeepsTheLastValidOne() throws Exception {
        Map<String, Object> spec = Map.of("workload", Map.of("kind", "Deployment", "name", "orders"),
                "programs", List.of(Map.of("path", "/srv/orders")), "users", List.of(1000));
        cluster.apply(Kinds.RUNTIME_POLICY, "orders", spec, 1);

        awaitStatus(Kinds.RUNTIME_POLICY, "orders", "generation=1 Ready=True Invalid=False Published: published to the detection jobs");
        String key = Keys.runtimePolicy(Cluster.NAME, "shop", "orders");
        RuntimePolicyRecord record = cluster.publishedRuntimePolicies().get(key);
        RuntimePolicyCheck.check(record);
        assertThat(record.getPrograms().getFirst().getPath()).isEqualTo("/srv/orders");
        assertThat(record.getMode()).isEqualTo(RuntimePolicyMode.ALERT);
        Map<String, Object> status = cluster.object(Kinds.RUNTIME_POLICY, "orders").get().get("status");
        assertThat(status).containsEntry("digest", record.getDigest());

        Map<String, Object> broken = new HashMap<>(spec);
        broken.put("destinations", List.of(Map.of("cidr", "10.0.0.0/99")));
        cluster.apply(Kinds.RUNTIME_POLICY, "orders", broken, 2);

        awaitStatus(Kinds.RUNTIME_POLICY, "orders", "generation=2 Ready=False Invalid=True Invalid: spec.destinations[0]: ");
        assertThat(cluster.status(Kinds.RUNTIME_POLICY, "orders")).contains("the last valid one stays in force");
        assertThat(cluster.publishedRuntimePolicies().get(key)).isEqualTo(record);

        cluster.object(Kinds.RUNTIME_POLICY, "orders").delete();
        await("tombstone", () -> !cluster.policyTopic().containsKey(key), cluster::policyTopic);
    }

    @Test
    void hostileObjectsAreRefusedInTheirStatusAndHarmNoOther() {
        Map<String, Object> deep = new HashMap<>(Map.of("a", 1));
        for (int i = 0; i < 400; i++) {
            deep = new HashMap<>(Map.of("a", deep));
        }
        cluster.apply(Kinds.ADMISSION_POLICY, "no-object", "a text", 1);
        cluster.apply(Kinds.ADMISSION_POLICY, "deep", Map.of("conditions", List.of(deep)), 1);
        cluster.apply(Kinds.ADMISSION_POLICY, "huge", Map.of("conditions", List.of(Map.of("field", "a", "operator", "equals",
                "value", "x".repeat(600_000)))), 1);
        cluster.apply(Kinds.ADMISSION_POLICY, "control", Map.of("conditions", List.of(Map.of("field", "a", "operator",
                "like\u0007\n\u2028this", "value", 1))), 1);
        cluster.apply(Kinds.ADMISSION_POLICY, "cel", Map.of("validations", List.of(Map.of("expression",
                "(".repeat(5_000) + "true" + ")".repeat(5_000)))), 1);
        cluster.apply(Kinds.POLICY_EXCEPTION, "all", Map.of("policies", List.of("good"), "reason", "r", "until", "2999-01-01"), 1);
        cluster.apply(Kinds.RUNTIME_POLICY, "no-workload", Map.of("workload", List.of()), 1);
        cluster.apply(Kinds.RUNTIME_POLICY, "too-large", Map.of("workload", Map.of("kind", "Pod", "name", "x"), "files",
                Map.of("read", java.util.stream.IntStream.range(0, 4_000).mapToObj(i -> "/" + i + "x".repeat(400)).toList())), 1);
        cluster.apply(Kinds.ADMISSION_POLICY, "good", NO_ESCALATION, 1);

        awaitStatus(Kinds.ADMISSION_POLICY, "good", "generation=1 Ready=True");
        for (String name : List.of("no-object", "deep", "huge", "control", "cel")) {
            awaitStatus(Kinds.ADMISSION_POLICY, name, "generation=1 Ready=False Invalid=True");
            assertThat(cluster.status(Kinds.ADMISSION_POLICY, name)).as(name).hasSizeLessThan(1_200)
                    .doesNotContainPattern("[\\u0000-\\u001f\\u2028]");
        }
        awaitStatus(Kinds.POLICY_EXCEPTION, "all", "generation=1 Ready=False Invalid=True");
        awaitStatus(Kinds.RUNTIME_POLICY, "no-workload", "generation=1 Ready=False Invalid=True");
        awaitStatus(Kinds.RUNTIME_POLICY, "too-large", "generation=1 Ready=False Invalid=True Invalid: is larger than");
        assertThat(cluster.published().keySet()).noneMatch(key -> key.endsWith("/deep") || key.endsWith("/huge"));
        assertThat(controller.health()).isEmpty();
    }

    @Test
    void oneOfTwoReplicasPublishesAndTheOtherTakesOver() {
        await("leader", controller::leading, controller::readiness);
        try (PolicyController second = cluster.controller("b", Map.of())) {
            await("standby", () -> second.readiness().isEmpty(), second::readiness);
            assertThat(second.leading()).isFalse();

            controller.close();
            await("take over", second::leading, second::readiness);
            cluster.apply(Kinds.ADMISSION_POLICY, "later", NO_ESCALATION, 1);

            awaitStatus(Kinds.ADMISSION_POLICY, "later", "generation=1 Ready=True");
        }
    }

    /** Between two rounds: neither sees that another one was the leader meanwhile. */
    @Test
    void whatAnotherLeaderPublishedMeanwhileIsPutRight() {
        controller.close();
        cluster.client.pods().inNamespace("shop").resource(PodRecordsTest.pod("seen", "ReplicaSet", "none")).create();
        String uid = cluster.client.pods().inNamespace("shop").withName("seen").get().getMetadata().getUid();
        String namespace = Keys.namespace(Cluster.NAME, "shop");
        KubeGuardianConfig config = cluster.config(Map.of());
        ControllerMetrics metrics = new ControllerMetrics();
        AtomicLong term = new AtomicLong(1);
        try (KeyedTopic policyTopic = new KeyedTopic(config.kafka(), Topics.POLICIES);
                KeyedTopic podTopic = new KeyedTopic(config.kafka(), Topics.PODS);
                PolicySync policies = new PolicySync(
                        cluster.client, config.controller(), term::get, policyTopic, metrics, Clock.systemUTC());
                PodSync pods = new PodSync(cluster.client, config.controller(), term::get, podTopic, metrics, Clock.systemUTC())) {
            policies.begin();
            pods.begin();
            await("first", () -> policies.readiness().isEmpty() && pods.readiness().isEmpty(), pods::readiness);
            cluster.takeBack(namespace, uid);

            term.set(2);

            await("pod", () -> cluster.podTopic().containsKey(uid), cluster::podTopic);
            await("namespace", () -> cluster.policyTopic().containsKey(namespace), cluster::policyTopic);
        }
    }

    @Test
    void aWatchThatBreaksIsTakenUpAgainAndNothingIsMissed() throws Exception {
        controller.close();
        try (CuttingProxy proxy = new CuttingProxy(cluster.api.getPort());
                KubernetesClient through = Cluster.clientOf(proxy.port());
                PolicyController cut = PolicyController.start(cluster.config(Map.of()), through, "c", Clock.systemUTC())) {
            await("ready", () -> cut.leading() && cut.readiness().isEmpty(), cut::readiness);

            proxy.cut();
            cluster.apply(Kinds.ADMISSION_POLICY, "meanwhile", NO_ESCALATION, 1);
            proxy.mend();

            awaitStatus(Kinds.ADMISSION_POLICY, "meanwhile", "generation=1 Ready=True");
        }
    }

    @Test
    void aVersionThatIsGoneIsListedAnew() throws Exception {
        controller.close();
        String path = "/apis/kubeguardian.io/v1alpha1/admissionpolicies?allowWatchBookmarks=true&resourceVersion=%d"
                + "&timeoutSeconds=600&watch=true";
        int now = Integer.parseInt(cluster.client.genericKubernetesResources(Kinds.ADMISSION_POLICY).list().getMetadata()
                .getResourceVersion());
        Status gone = new StatusBuilder().withCode(410).withReason("Expired").withMessage("too old resource version").build();
        for (int version = now; version < now + 20; version++) { // the lease moves it on
            cluster.api.expect().get().withPath(path.formatted(version)).andUpgradeToWebSocket().open().immediately()
                    .andEmit(new WatchEvent(gone, "ERROR")).done().once();
        }
        while (cluster.api.takeRequest(0, TimeUnit.MILLISECONDS) != null) {
            // of the tests before
        }
        try (PolicyController again = cluster.controller("d", Map.of())) {
            await("ready", () -> again.leading() && again.readiness().isEmpty(), again::readiness);
            int lists = 0;
            while (lists < 2) { // the second because of what the watch said
                RecordedRequest request = cluster.api.takeRequest(20, TimeUnit.SECONDS);
                assertThat(request).as("a second list").isNotNull();
                lists += request.getPath().endsWith("/admissionpolicies?limit=500") ? 1 : 0;
            }
            cluster.apply(Kinds.ADMISSION_POLICY, "after-gone", NO_ESCALATION, 1);

            awaitStatus(Kinds.ADMISSION_POLICY, "after-gone", "generation=1 Ready=True");
        }
    }

    @Test
    void podsAreToldWithTheirWorkloadAndStayAMomentAfterTheyAreGone() {
        cluster.client.apps().replicaSets().inNamespace("shop").resource(new ReplicaSetBuilder().withNewMetadata()
                .withName("orders-abc").withNamespace("shop").withUid("rs-1").addNewOwnerReference().withKind("Deployment")
                .withName("orders").withUid("d-1").withController(true).withApiVersion("apps/v1").endOwnerReference().endMetadata()
                .build()).create();
        cluster.client.pods().inNamespace("shop").resource(PodRecordsTest.pod("orders-abc-1", "ReplicaSet", "orders-abc")).create();
        String uid = cluster.client.pods().inNamespace("shop").withName("orders-abc-1").get().getMetadata().getUid();

        await("pod", () -> cluster.podTopic().containsKey(uid), cluster::podTopic);
        await("workload", () -> cluster.podTopic().get(uid).getWorkloadKind().equals("Deployment"), cluster::podTopic);
        assertThat(cluster.podTopic().get(uid)).returns("orders", PodMetadata::getWorkloadName)
                .returns(Cluster.NAME, PodMetadata::getCluster).returns("node-1", PodMetadata::getNode);
        assertThat(cluster.policyTopic()).containsKey(Keys.namespace(Cluster.NAME, "shop"));

        controller.close(); // deleted while nobody watches
        cluster.client.pods().inNamespace("shop").withName("orders-abc-1").delete();
        try (PolicyController next = cluster.controller("e", Map.of("KUBEGUARDIAN_CONTROLLER_TOMBSTONE_SECONDS", "600"))) {
            await("deleted", () -> cluster.podTopic().get(uid).getDeleted(), cluster::podTopic);
        }
        try (PolicyController last = cluster.controller("f", Map.of())) {
            await("tombstone", () -> !cluster.podTopic().containsKey(uid), cluster::podTopic);
            assertThat(last.health()).isEmpty();
        }
    }

    @Test
    void whatTheApiServerHoldsIsWhatTheWebhookRefuses() throws Exception {
        Map<String, String> port = Map.of("KUBEGUARDIAN_WEBHOOK_CLUSTER", Cluster.NAME, "KUBEGUARDIAN_WEBHOOK_PORT", "0",
                "KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "-1", "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1");
        cluster.apply(Kinds.ADMISSION_POLICY, "gold-only", Map.of("match", Map.of("namespaceLabels", Map.of("tier", "gold")),
                "conditions", List.of(Map.of("field", "image", "operator", "endsWith", "value", ":latest"))), 1);
        awaitStatus(Kinds.ADMISSION_POLICY, "gold-only", "generation=1 Ready=True");
        try (Webhook webhook = Webhook.start(cluster.config(port))) {
            webhook.whenReady().get(30, TimeUnit.SECONDS);
            assertThat(Reviews.ask(webhook, "shop", "app:latest")).contains("\"allowed\":false").contains("policy gold-only");
            assertThat(Reviews.ask(webhook, "shop", "app:1")).contains("\"allowed\":true");

            cluster.object(Kinds.ADMISSION_POLICY, "gold-only").delete();

            await("allowed", () -> Reviews.ask(webhook, "shop", "app:latest").contains("\"allowed\":true"),
                    () -> Reviews.ask(webhook, "shop", "app:latest"));
        }
    }

    private static void awaitStatus(
            ResourceDefinitionContext kind, String name, String start) {
        await(start, () -> cluster.status(kind, name).startsWith(start), () -> cluster.status(kind, name));
    }
}
