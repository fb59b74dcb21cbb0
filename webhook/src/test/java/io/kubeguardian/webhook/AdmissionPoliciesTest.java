package io.kubeguardian.webhook;

import static io.kubeguardian.webhook.Reviews.NOW;
import static io.kubeguardian.webhook.Reviews.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import io.kubeguardian.config.AdmissionSettings;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.policy.user.PolicyReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings and the user's own policies make of requests. */
class AdmissionPoliciesTest {
    private static final String POD = "pod-create-by-replicaset.json";

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "deny,  denied,  ''",
        "warn,  allowed, KubeGuardian policy no-latest",
        "audit, allowed, ''",
    })
    void aPolicyDeniesWarnsOrTellsTheAudit(String action, String expected, String warning) throws Exception {
        PolicySet policies = policies("""
                policies:
                - name: no-latest
                  description: images are pinned
                  action: %s
                  conditions: [{field: image, operator: exists}]
                """.formatted(action));

        Decision decision = decide(policies, Map.of(), null, Reviews.tree(POD));

        assertThat(decision.allowed()).isEqualTo(expected.equals("allowed"));
        assertThat(decision.policies()).containsExactly("no-latest");
        assertThat(decision.findings()).extracting(finding -> finding.id()).contains("no-latest");
        assertThat(decision.warnings()).hasSize(warning.isEmpty() ? 0 : 1).allMatch(text -> text.startsWith(warning));
        assertThat(decision.deniedBy()).isEqualTo(decision.allowed() ? List.of() : List.of("no-latest"));
        if (!decision.allowed()) {
            assertThat(decision.message()).contains("images are pinned", "(policy no-latest)");
        }
    }

    @Test
    void anExemptionHoldsToItsLastDayAndIsTold() throws Exception {
        PolicySet policies = policies("""
                policies:
                - name: no-latest
                  conditions: [{field: image, operator: exists}]
                  exemptions:
                  - {namespaces: [shop], until: 2026-11-20, reason: "migration, ticket 7"}
                """);

        Decision onTheDay = decide(policies, Map.of(), null, Reviews.tree(POD));
        Decision after = decider(policies, Map.of(), null)
                .decide(Reviews.request(Reviews.tree(POD)), Nanos.of(NOW.plus(Duration.ofDays(1))));

        assertThat(onTheDay.allowed()).isTrue();
        assertThat(onTheDay.auditAnnotations()).containsEntry("exempt", "no-latest: migration, ticket 7");
        assertThat(after.allowed()).isFalse();
    }

    @Test
    void whoOpensAShellIsAPolicysBusiness() throws Exception {
        PolicySet policies = policies("""
                policies:
                - name: no-shells-in-shop
                  description: nobody opens shells in the shop but the break-glass group
                  match:
                    kinds: [PodExecOptions, PodAttachOptions, PodPortForwardOptions]
                    namespaces: [shop]
                    operations: [CONNECT]
                  matchConditions:
                  - {name: not-break-glass, expression: "!('break-glass' in request.userInfo.groups)"}
                  validations: [{expression: "!has(object.tty) || !object.tty", message: "no terminals"}]
                """);
        ObjectNode review = Reviews.tree("pod-exec-connect.json");
        ObjectNode breakGlass = review.deepCopy();
        breakGlass.withObject("/request/userInfo").withArray("groups").add("break-glass");

        assertThat(decide(policies, Map.of(), null, review).message()).contains("no terminals");
        assertThat(decide(policies, Map.of(), null, breakGlass).allowed()).isTrue();
    }

    @Test
    void labelsOfNamespacesComeFromTheController() throws Exception {
        PolicySet policies = policies("""
                policies:
                - name: pci
                  match: {namespaceLabels: {pci: "true"}}
                  conditions: [{field: image, operator: exists}]
                """);

        Decision unknown = decide(policies, Map.of(), null, Reviews.tree(POD));
        policies.namespace("shop", Map.of("pci", "true"));
        Decision known = decide(policies, Map.of(), null, Reviews.tree(POD));

        assertThat(unknown.allowed()).isTrue();
        assertThat(known.allowed()).isFalse();
    }

    @Test
    void anUpdateIsNotDeniedForWhatWasSoBefore() throws Exception {
        PolicySet policies = policies("""
                policies:
                - name: team-label
                  match: {kinds: [Deployment]}
                  conditions: [{field: metadata.labels.team, operator: notExists}]
                """);

        Decision scaled = decide(policies, Map.of(), null, Reviews.tree("deployment-update-replicas.json"));
        Decision changed = decide(policies, Map.of(), null, Reviews.tree("deployment-update-image.json"));

        assertThat(scaled.allowed()).isTrue();
        assertThat(scaled.warnings()).singleElement().asString().contains("team-label");
        assertThat(changed.deniedBy()).containsExactly("team-label");
    }

    @Test
    void checksDenyAndWarnAsChosen() throws Exception {
        ObjectNode review = Reviews.tree("pod-create-privileged.json");

        Decision framework = decide(new PolicySet(), Map.of("DENY_CHECKS", "[pss-restricted]"), null, review);
        Decision severity = decide(new PolicySet(), Map.of("WARN_CHECKS", "[medium]"), null, review);

        assertThat(framework.deniedBy()).contains("privileged-container", "run-as-non-root");
        assertThat(severity.deniedBy()).containsExactly("privileged-container");
        assertThat(severity.warnings()).isNotEmpty().allMatch(text -> text.startsWith("KubeGuardian "));
        assertThatThrownBy(() -> decider(new PolicySet(), Map.of("DENY_CHECKS", "[privilegd]"), null))
                .isInstanceOf(ConfigException.class).hasMessageContaining("admission.denyChecks: privilegd is no check");
    }

    @Test
    void objectsThatMakeNoPodsAreJudgedByTheirChecks() throws Exception {
        ObjectNode review = Reviews.tree("configmap-create.json");
        ObjectNode request = review.withObject("/request");
        request.putObject("kind").put("group", "rbac.authorization.k8s.io").put("version", "v1").put("kind", "ClusterRole");
        request.set("object", Reviews.parse("""
                {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "all"},
                 "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}""".getBytes(StandardCharsets.UTF_8)));
        request.remove("namespace");

        Decision told = decide(new PolicySet(), Map.of(), null, review);
        Decision denied = decide(new PolicySet(), Map.of("DENY_CHECKS", "[critical]"), null, review);

        assertThat(told.allowed()).isTrue();
        assertThat(told.findings()).isNotEmpty();
        assertThat(denied.allowed()).as(told.findings().toString()).isFalse();
    }

    @Test
    void anObjectWithoutANamespaceIsNotExemptByTheOneThatItClaims() throws Exception {
        ObjectNode review = Reviews.tree("configmap-create.json");
        ObjectNode request = review.withObject("/request");
        request.putObject("kind").put("group", "rbac.authorization.k8s.io").put("version", "v1").put("kind", "ClusterRole");
        request.set("object", Reviews.parse("""
                {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                 "metadata": {"name": "all", "namespace": "kube-system"},
                 "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}""".getBytes(StandardCharsets.UTF_8)));
        request.remove("namespace");

        assertThat(decide(new PolicySet(), Map.of("DENY_CHECKS", "[critical]"), null, review).allowed()).isFalse();
    }

    @Test
    void whatWasWrongBeforeIsNoLeaveToDoMoreWrong() throws Exception {
        PolicySet policies = policies("""
                policies:
                - name: deployments
                  match: {kinds: [apps/Deployment]}
                  validations:
                  - {expression: "has(object.metadata.labels) && 'owner' in object.metadata.labels", message: no owner}
                  - {expression: object.spec.replicas <= 10, message: too many}
                """);
        ObjectNode scaled = Reviews.tree("deployment-update-replicas.json");
        ObjectNode flooded = scaled.deepCopy();
        flooded.withObject("/request/object/spec").put("replicas", 1000);

        Decision same = decide(policies, Map.of(), null, scaled);
        Decision more = decide(policies, Map.of(), null, flooded);

        assertThat(same.allowed()).isTrue();
        assertThat(same.warnings()).singleElement().asString().contains("no owner");
        assertThat(more.message()).contains("too many").doesNotContain("no owner");
    }

    @Test
    void nothingIsChangedInWhatGoes() throws Exception {
        PolicySet policies = policies("""
                policies:
                - {name: labelled, action: mutate, set: [{in: object, field: metadata.labels.team, value: shop}]}
                """);

        assertThat(mutator(policies, Map.of(), null).mutate(Reviews.request(Reviews.tree("pod-delete.json")), Nanos.of(NOW)))
                .isEqualTo(Decision.UNTOUCHED);
    }

    @Test
    void anEphemeralContainerIsJudgedWithoutThoseThatRun() throws Exception {
        ObjectNode review = Reviews.tree("pod-create-privileged.json");
        ObjectNode request = review.withObject("/request");
        request.put("operation", "UPDATE").put("subResource", "ephemeralcontainers");
        request.set("oldObject", request.get("object").deepCopy());
        ObjectNode debug = request.withObject("/object/spec").withArray("ephemeralContainers").addObject();
        debug.put("name", "debug").put("image", "busybox:1.36");

        Decision harmless = decide(new PolicySet(), Map.of(), risk(100, 0), review);
        debug.withObject("/securityContext").put("privileged", true);
        Decision privileged = decide(new PolicySet(), Map.of(), null, review);

        assertThat(harmless.allowed()).as("people look into pods at risk in this way").isTrue();
        assertThat(privileged.deniedBy()).containsExactly("privileged-container");
    }

    @Test
    void exemptUsersAndGroupsAreNotJudged() throws Exception {
        ObjectNode review = Reviews.tree("pod-create-privileged.json");
        review.withObject("/request/userInfo").put("username", "system:node:n1").withArray("groups").add("system:nodes");

        assertThat(decide(new PolicySet(), Map.of(), null, review)).isEqualTo(Decision.UNTOUCHED);
        assertThat(decide(new PolicySet(), Map.of("EXEMPT_GROUPS", "[]"), null, review).allowed()).isFalse();
    }

    @ParameterizedTest(name = "{0} s old, {1}: {2}")
    @CsvSource({
        "10,    USE,    denied",
        "90000, USE,    allowed",
        "90000, WARN,   allowed",
        "10,    IGNORE, denied",
        "90000, IGNORE, allowed",
    })
    void aRiskThatIsOldCountsAsTheSettingSays(long age, String stale, String expected) throws Exception {
        Decision decision = decide(new PolicySet(), Map.of("STALE_RISK", stale), risk(100, age), Reviews.tree(POD));

        assertThat(decision.allowed()).isEqualTo(expected.equals("allowed"));
        assertThat(decision.auditAnnotations().containsKey("risk-stale-since")).isEqualTo(age > 86_400);
    }

    @Test
    void aRiskThatStandsWarnsWhenItIsOld() throws Exception {
        WorkloadRisk standing = new WorkloadRisk(90, 90, io.kubeguardian.schema.RiskLevel.HIGH,
                Nanos.of(NOW.minus(Duration.ofDays(2))), 3600, List.of(), 0, 0);

        Decision used = decide(new PolicySet(), Map.of(), standing, Reviews.tree(POD));
        Decision warned = decide(new PolicySet(), Map.of("STALE_RISK", "WARN"), standing, Reviews.tree(POD));
        Decision ignored = decide(new PolicySet(), Map.of("STALE_RISK", "IGNORE"), standing, Reviews.tree(POD));

        assertThat(used.allowed()).isFalse();
        assertThat(warned.warnings()).containsExactly("KubeGuardian: the risk of workload " + ORDERS
                + " is 90.0; it is let in because that was last updated at 2026-11-18T10:00:00Z");
        assertThat(ignored.warnings()).isEmpty();
    }

    @Test
    void aWorkloadAtRiskIsLetInHardenedAndOnlyHardened() throws Exception {
        Map<String, String> settings = Map.of("AT_RISK", "HARDEN",
                "RISK_SECCOMP_PROFILE", "kubeguardian/{namespace}-{kind}-{name}.json");
        ObjectNode review = Reviews.tree(POD);
        WorkloadRisk risk = risk(100, 0);

        Decision unseen = decide(new PolicySet(), settings, risk, review);
        Decision mutated = mutator(new PolicySet(), settings, risk).mutate(Reviews.request(review), Nanos.of(NOW));
        ObjectNode hardened = review.deepCopy();
        hardened.withObject("/request").set("object", JsonPatch.apply(mutated.patch(), review.at("/request/object")));
        Decision seen = decide(new PolicySet(), settings, risk, hardened);
        Decision again = mutator(new PolicySet(), settings, risk).mutate(Reviews.request(hardened), Nanos.of(NOW));

        assertThat(unseen.message()).contains("mutating webhook, which has not seen it");
        JsonNode pod = hardened.at("/request/object");
        assertThat(pod.at("/metadata/labels").path(RiskHardening.LABEL).asText()).isEqualTo("risk");
        assertThat(pod.at("/spec/securityContext/seccompProfile/localhostProfile").asText())
                .isEqualTo("kubeguardian/shop-Deployment-orders.json");
        assertThat(seen.allowed()).isTrue();
        assertThat(seen.warnings()).singleElement().asString().contains("let in hardened", "because of incident");
        assertThat(again.patch()).isNull();
    }

    @Test
    void aPolicyChangesObjectsAndNothingInExemptNamespaces() throws Exception {
        PolicySet policies = policies("""
                policies:
                - name: owner
                  action: mutate
                  match: {kinds: [Pod, ConfigMap]}
                  set: [{in: object, field: "metadata.labels['example.org/owner']", expression: "request.userInfo.username"}]
                """);
        Mutator mutator = mutator(policies, Map.of("HARDEN", "[]"), null);
        ObjectNode configMap = Reviews.tree("configmap-create.json");

        Decision decision = mutator.mutate(Reviews.request(configMap), Nanos.of(NOW));
        configMap.withObject("/request").put("namespace", "kube-system");
        configMap.withObject("/request/object/metadata").put("namespace", "kube-system");
        Decision exempt = mutator.mutate(Reviews.request(configMap), Nanos.of(NOW));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.policies()).containsExactly("owner");
        assertThat(decision.patch().toString()).contains("/metadata/labels/example.org~1owner");
        assertThat(exempt).isEqualTo(Decision.UNTOUCHED);
    }

    @Test
    void policiesOfAFolderAreReadAgainAndWhatCannotBeReadChangesNothing() throws Exception {
        Path file = Files.writeString(folder.resolve("a.yaml"), policy("first"));
        Files.writeString(folder.resolve("README.txt"), "no policy");
        WebhookMetrics metrics = new WebhookMetrics();
        PolicySet policies = new PolicySet();
        try (PolicyFiles files = new PolicyFiles(folder, policies, metrics)) {
            assertThat(policies.inForce()).extracting(policy -> policy.name()).containsExactly("first");

            Files.writeString(file, policy("second"));
            files.look();
            assertThat(policies.inForce()).extracting(policy -> policy.name()).containsExactly("second");

            Files.writeString(file, "policies: [{name: broken}]");
            files.look();
            files.look();
            assertThat(policies.inForce()).extracting(policy -> policy.name()).containsExactly("second");
            assertThat(metrics.policyFailures.get()).isEqualTo(1);
        }
        assertThatThrownBy(() -> new PolicyFiles(folder, policies, metrics)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("admission.policies: ").hasMessageContaining("a.yaml:1");
    }

    @Test
    void aPolicyFileThatIsGoneIsToldOnceAndItsPoliciesStay() throws Exception {
        Path file = Files.writeString(folder.resolve("a.yaml"), policy("first"));
        WebhookMetrics metrics = new WebhookMetrics();
        PolicySet policies = new PolicySet();
        try (PolicyFiles files = new PolicyFiles(file, policies, metrics)) {
            Files.delete(file);

            files.look();
            files.look();

            assertThat(policies.inForce()).extracting(policy -> policy.name()).containsExactly("first");
            assertThat(metrics.policyFailures.get()).isEqualTo(1);
        }
    }

    private static String policy(String name) {
        return "policies: [{name: " + name + ", conditions: [{field: image, operator: exists}]}]\n";
    }

    private static WorkloadRisk risk(double score, long ageSeconds) throws Exception {
        return WorkloadRisk.of(ORDERS, Reviews.risk(score, NOW.minus(Duration.ofSeconds(ageSeconds))));
    }

    private static PolicySet policies(String yaml) throws Exception {
        PolicySet policies = new PolicySet();
        policies.files(new PolicyReader().read("p.yaml", yaml.getBytes(StandardCharsets.UTF_8)));
        return policies;
    }

    private static Decider decider(PolicySet policies, Map<String, String> settings, WorkloadRisk risk) {
        AdmissionSettings admission = Deciders.settings(settings);
        return new Decider("prod", 70, true, admission, Deciders.knowledge(workload -> risk, policies));
    }

    private static Mutator mutator(PolicySet policies, Map<String, String> settings, WorkloadRisk risk) {
        return new Mutator("prod", 70, Deciders.settings(settings), Deciders.knowledge(workload -> risk, policies));
    }

    private static Decision decide(PolicySet policies, Map<String, String> settings, WorkloadRisk risk, ObjectNode review)
            throws Exception {
        return decider(policies, settings, risk).decide(Reviews.request(review), Nanos.of(NOW));
    }
}
