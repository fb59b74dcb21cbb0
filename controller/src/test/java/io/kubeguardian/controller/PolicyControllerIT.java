package io.kubeguardian.controller;

import static io.kubeguardian.controller.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.Keys;
import java.util.List;
import java.util.Map;
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

    private static void awaitStatus(
            io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext kind, String name, String start) {
        await(start, () -> cluster.status(kind, name).startsWith(start), () -> cluster.status(kind, name));
    }
}
