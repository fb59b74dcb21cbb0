package io.kubeguardian.webhook;

import static io.kubeguardian.webhook.Reviews.NOW;
import static io.kubeguardian.webhook.Reviews.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.schema.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeciderTest {
    @ParameterizedTest(name = "risk {0} {1} s ago, threshold {2}: {3}")
    @CsvSource({
        "69.9,    0, 70, allowed",
        "70,      0, 70, denied",
        "100,     0, 70, denied",
        "100,  1800, 70, denied",
        "100,  1900, 70, allowed",
        "100, -3600, 70, denied",
        "0,       0,  0, denied",
        "1,       0,  0, denied",
        "99.9,    0, 100, allowed",
    })
    void aPodIsDeniedFromTheThresholdOnAfterDecay(double score, long age, double threshold, String expected)
            throws Exception {
        Decider decider = decider(score, age, threshold);

        Decision decision = decider.decide(pod(), Nanos.of(NOW));

        assertThat(decision.allowed()).isEqualTo(expected.equals("allowed"));
        assertThat(decision.workload()).isEqualTo(ORDERS);
    }

    @Test
    void aWorkloadWithoutARiskIsAllowedWhateverTheThreshold() throws Exception {
        Decision decision = Deciders.decider(0, true, Map.<String, WorkloadRisk>of()::get)
                .decide(pod(), Nanos.of(NOW));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.warnings()).isEmpty();
        assertThat(decision.auditAnnotations()).isEqualTo(Map.of("workload", ORDERS));
    }

    @Test
    void aDenialSaysWhichWorkloadHowMuchWhyAndWhatToDo() throws Exception {
        Decision decision = decider(87.5, 0, 70).decide(pod(), Nanos.of(NOW));

        assertThat(decision.message()).isEqualTo("KubeGuardian denies this Pod: the risk of workload " + ORDERS
                + " is 87.5 (HIGH), pods are denied from 70 on, because of"
                + " incident \"Dropped and run\" (+60.0, last at 2026-11-20T10:00:00Z): a dropped binary was run;"
                + " rule \"Shell spawned by a server\" (+25.0, 2 times, last at 2026-11-20T10:00:00Z):"
                + " orders started /bin/sh;"
                + " look at incident i-1 (kubeguardian monitor --from-beginning) and ask your security team;"
                + " if nothing is added it falls below the threshold in about 20 min (half-life 60 min).");
        assertThat(decision.deniedBy()).containsExactly("risk");
        assertThat(decision.auditAnnotations())
                .isEqualTo(Map.of("workload", ORDERS, "risk", "87.5", "incident", "i-1"));
    }

    @Test
    void everyReasonIsListed() throws Exception {
        AdmissionRequest request = Reviews.request(Reviews.tree("pod-create-privileged.json"));

        Decision decision = decider(87.5, 0, 70).decide(request, Nanos.of(NOW));

        assertThat(decision.deniedBy()).containsExactly("risk", "privileged-container");
        assertThat(decision.message()).contains("for 3 reasons: (1) the risk of workload ",
                "(2) spec.initContainers[0].securityContext.privileged is true",
                "(3) spec.containers[2].securityContext.privileged is true (container \"tracer\")",
                "to fix it, remove it or set it to false").doesNotContain("\n");
    }

    @Test
    void aPrivilegedTemplateOfACronJobIsDeniedByItsOwnPath() throws Exception {
        AdmissionRequest request = Reviews.request(Reviews.tree("cronjob-create-privileged.json"));

        Decision decision = decider(0, 0, 70).decide(request, Nanos.of(NOW));

        assertThat(decision.message())
                .contains("spec.jobTemplate.spec.template.spec.containers[0].securityContext.privileged is true");
    }

    @Test
    void privilegedIsAllowedWhereTheSettingSaysSo() throws Exception {
        AdmissionRequest request = Reviews.request(Reviews.tree("pod-create-privileged.json"));

        Decision decision = Deciders.decider(70, false, key -> null).decide(request, Nanos.of(NOW));

        assertThat(decision.allowed()).isTrue();
    }

    @Test
    void aRiskOfHalfTheThresholdIsAWarning() throws Exception {
        Decision decision = decider(40, 0, 70).decide(pod(), Nanos.of(NOW));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.warnings()).containsExactly(
                "KubeGuardian: the risk of workload " + ORDERS + " is 40.0; pods are denied from 70 on");
    }

    @ParameterizedTest
    @CsvSource({
        "deployment-update-image.json,      denied",
        "deployment-create-dry-run.json,    denied",
        "pod-create-by-replicaset.json,     denied",
        "deployment-update-replicas.json,   allowed",
        "pod-delete.json,                   allowed",
        "pod-exec-connect.json,             allowed",
        "configmap-create.json,             allowed",
    })
    void onlyWhatMakesNewPodsIsJudged(String file, String expected) throws Exception {
        AdmissionRequest request = Reviews.request(Reviews.tree(file));

        Decision decision = decider(100, 0, 70).decide(request, Nanos.of(NOW));

        assertThat(decision.allowed()).isEqualTo(expected.equals("allowed"));
    }

    @Test
    void anObjectThatIsBeingDeletedMayClearItsFinalizers() throws Exception {
        ObjectNode review = Reviews.tree("deployment-update-image.json");
        review.withObject("/request/object/metadata").put("deletionTimestamp", "2026-11-20T09:59:00Z");

        Decision decision = decider(100, 0, 70).decide(Reviews.request(review), Nanos.of(NOW));

        assertThat(decision).isEqualTo(Decision.UNTOUCHED);
    }

    @Test
    void aRoleThatIsBeingDeletedMayNotBeWidenedMeanwhile() throws Exception {
        ObjectNode old = Reviews.parse("""
                {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "all", "namespace": "shop",
                 "deletionTimestamp": "2026-11-20T09:59:00Z", "finalizers": ["example.com/held"]},
                 "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
                """.getBytes(StandardCharsets.UTF_8));
        ObjectNode freed = old.deepCopy();
        freed.withObject("/metadata").remove("finalizers");
        ObjectNode widened = old.deepCopy();
        ((ObjectNode) widened.at("/rules/0")).putArray("verbs").add("*");
        widened.withObject("/rules/0").putArray("resources").add("*");
        Decider decider = new Decider("prod", 70, true, Deciders.settings(Map.of("DENY_CHECKS", "[high, critical]")),
                Deciders.knowledge(workload -> null));

        Decision clearing = decider.decide(roleUpdate(old, freed), Nanos.of(NOW));
        Decision widening = decider.decide(roleUpdate(old, widened), Nanos.of(NOW));

        assertThat(clearing).isEqualTo(Decision.UNTOUCHED);
        assertThat(widening.allowed()).isFalse();
    }

    @Test
    void aRoleThatIsTooWideAlreadyMayBeLabelledAndNotBeWidened() throws Exception {
        ObjectNode old = Reviews.parse("""
                {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "all", "namespace": "shop"},
                 "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
                  {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
                """.getBytes(StandardCharsets.UTF_8));
        ObjectNode labelled = old.deepCopy();
        labelled.withObject("/metadata").putObject("labels").put("team", "shop");
        ObjectNode widened = old.deepCopy();
        ((ObjectNode) widened.at("/rules/1")).putArray("verbs").add("*");
        Decider decider = new Decider("prod", 70, true, Deciders.settings(Map.of("DENY_CHECKS", "[high, critical, medium]")),
                Deciders.knowledge(workload -> null));

        Decision labelling = decider.decide(roleUpdate(old, labelled), Nanos.of(NOW));
        Decision widening = decider.decide(roleUpdate(old, widened), Nanos.of(NOW));

        assertThat(labelling.allowed()).isTrue();
        assertThat(labelling.warnings()).isNotEmpty();
        assertThat(widening.allowed()).isFalse();
    }

    @Test
    void aBindingOfTheHighestRoleGetsNoFurtherSubjects() throws Exception {
        ObjectNode old = Reviews.parse("""
                {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "admins"},
                 "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
                 "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "ops"}]}
                """.getBytes(StandardCharsets.UTF_8));
        ObjectNode more = old.deepCopy();
        more.withArray("subjects").addObject().put("apiGroup", "rbac.authorization.k8s.io").put("kind", "Group")
                .put("name", "everybody");
        Decider decider = new Decider("prod", 70, true,
                Deciders.settings(Map.of("DENY_CHECKS", "[critical, high, medium, low]")), Deciders.knowledge(workload -> null));

        Decision same = decider.decide(rbacUpdate("ClusterRoleBinding", old, old), Nanos.of(NOW));
        Decision widened = decider.decide(rbacUpdate("ClusterRoleBinding", old, more), Nanos.of(NOW));

        assertThat(same.findings()).as("it is wrong already").isNotEmpty();
        assertThat(same.allowed()).isTrue();
        assertThat(widened.allowed()).isFalse();
    }

    private static AdmissionRequest roleUpdate(ObjectNode old, ObjectNode now) throws Exception {
        return rbacUpdate("Role", old, now);
    }

    private static AdmissionRequest rbacUpdate(String kind, ObjectNode old, ObjectNode now) throws Exception {
        ObjectNode review = Reviews.tree("deployment-update-image.json");
        ObjectNode request = review.withObject("/request");
        request.putObject("kind").put("group", "rbac.authorization.k8s.io").put("version", "v1").put("kind", kind);
        request.set("oldObject", old);
        request.set("object", now);
        return Reviews.request(review);
    }

    @Test
    void aSubresourceIsAllowedUntouched() throws Exception {
        ObjectNode review = Reviews.tree("deployment-update-image.json");
        review.withObject("/request").put("subResource", "status");

        Decision decision = decider(100, 0, 70).decide(Reviews.request(review), Nanos.of(NOW));

        assertThat(decision).isEqualTo(Decision.UNTOUCHED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kube-system", "kubeguardian"})
    void nothingIsDeniedInTheNamespacesThatMustBeAbleToRepairThemselves(String namespace) throws Exception {
        ObjectNode review = Reviews.tree("pod-create-privileged.json");
        review.withObject("/request").put("namespace", namespace);
        review.withObject("/request/object/metadata").put("namespace", namespace);

        Decision decision = decider(100, 0, 70).decide(Reviews.request(review), Nanos.of(NOW));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.message()).isEmpty();
        assertThat(decision.warnings()).hasSize(3).allMatch(w -> w.contains("allows this in namespace " + namespace));
    }

    @Test
    void theNamespaceOfTheRequestCountsWhenTheObjectHasNone() throws Exception {
        ObjectNode review = Reviews.tree("pod-create-by-replicaset.json");
        review.withObject("/request/object/metadata").remove("namespace");

        Decision decision = decider(100, 0, 70).decide(Reviews.request(review), Nanos.of(NOW));

        assertThat(decision.workload()).isEqualTo(ORDERS);
    }

    @Test
    void aFloodOfReasonsStaysReadable() throws Exception {
        ObjectNode review = Reviews.tree("pod-create-privileged.json");
        var containers = review.withObject("/request/object/spec").withArray("containers");
        for (int i = 0; i < 1000; i++) {
            containers.add(containers.get(2).deepCopy());
        }

        Decision decision = decider(100, 0, 70).decide(Reviews.request(review), Nanos.of(NOW));

        assertThat(decision.message()).contains("for 1003 reasons").contains("And 993 more").hasSizeLessThan(8000);
    }

    private static AdmissionRequest pod() {
        return Reviews.request(Reviews.tree("pod-create-by-replicaset.json"));
    }

    /** With one known risk: of every workload. */
    private static Decider decider(double score, long ageSeconds, double threshold) throws MalformedRecordException {
        WorkloadRisk risk = WorkloadRisk.of(ORDERS, Reviews.risk(score, NOW.minus(Duration.ofSeconds(ageSeconds))));
        return Deciders.decider(threshold, true, key -> risk);
    }
}
