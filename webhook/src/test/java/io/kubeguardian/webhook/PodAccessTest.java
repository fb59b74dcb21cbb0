package io.kubeguardian.webhook;

import static io.kubeguardian.webhook.Reviews.NOW;
import static io.kubeguardian.webhook.Reviews.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.schema.MalformedRecordException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodAccessTest {
    private static final String POD = "orders-7d4b9c6f5-x2x8q";

    @ParameterizedTest(name = "risk {0}, {1}: {2}")
    @CsvSource({
        "90,   DENY,   denied",
        "69.9, DENY,   allowed",
        "90,   WARN,   warned",
        "69.9, WARN,   allowed",
        "90,   IGNORE, allowed",
    })
    void anExecIntoAPodOfAWorkloadAtRiskGoesAsTheSettingSays(double score, String setting, String expected) throws Exception {
        Decision decision = decider(Map.of("ACCESS_AT_RISK", setting), risk(score), null).decide(exec(), Nanos.of(NOW));

        assertThat(decision.allowed()).isEqualTo(!expected.equals("denied"));
        assertThat(decision.warnings().isEmpty()).isEqualTo(!expected.equals("warned"));
    }

    @Test
    void aRefusalSaysWhyAndNamesTheIncident() throws Exception {
        Decision decision = decider(Map.of("ACCESS_AT_RISK", "DENY"), risk(90), null).decide(exec(), Nanos.of(NOW));

        assertThat(decision.deniedBy()).containsExactly("risk");
        assertThat(decision.workload()).isEqualTo(ORDERS);
        assertThat(decision.risk()).isEqualTo(90);
        assertThat(decision.message()).contains("the risk of workload " + ORDERS + " is 90.0",
                "nobody is to get into its pods from 70 on", "a dropped binary was run", "look at incident i-1");
        assertThat(decision.auditAnnotations()).containsEntry("incident", "i-1").containsEntry("risk", "90.0")
                .containsEntry("workload", ORDERS);
    }

    @Test
    void whoLooksIntoIncidentsGetsInWithAWarning() throws Exception {
        Map<String, String> settings =
                Map.of("ACCESS_AT_RISK", "DENY", "ACCESS_EXEMPT_GROUPS", "[responders]");
        ObjectNode review = Reviews.tree("pod-exec-connect.json");
        review.withObject("/request/userInfo").withArray("groups").add("responders");

        Decision responder = decider(settings, risk(90), quarantine()).decide(Reviews.request(review), Nanos.of(NOW));
        Decision other = decider(settings, risk(90), quarantine()).decide(exec(), Nanos.of(NOW));

        assertThat(responder.allowed()).isTrue();
        assertThat(responder.warnings()).hasSize(2).allSatisfy(warning -> assertThat(warning).contains("lets this group in although"));
        assertThat(responder.workload()).isEqualTo(ORDERS);
        assertThat(other.deniedBy()).containsExactly("risk", "quarantine");
    }

    @Test
    void aQuarantinedWorkloadIsClosedWithoutARiskUntilThatIsOver() throws Exception {
        Decider decider = decider(Map.of("ACCESS_AT_RISK", "DENY"), null, quarantine());

        Decision within = decider.decide(exec(), Nanos.of(NOW));
        Decision after = decider.decide(exec(), Nanos.of(NOW.plusSeconds(900)));

        assertThat(within.deniedBy()).containsExactly("quarantine");
        assertThat(within.message()).contains("is quarantined until", "a story in pod orders-1", "decision d-1");
        assertThat(after.allowed()).isTrue();
    }

    @Test
    void anEphemeralContainerIsAWayIntoThePodToo() throws Exception {
        ObjectNode review = Reviews.tree("pod-create-by-replicaset.json");
        ObjectNode request = review.withObject("/request").put("operation", "UPDATE").put("subResource", "ephemeralcontainers");
        request.set("oldObject", request.get("object").deepCopy());
        request.withObject("/object/spec").withArray("ephemeralContainers").addObject().put("name", "debug").put("image", "busybox:1");

        Decision denied = decider(Map.of("ACCESS_AT_RISK", "DENY"), risk(90), null).decide(Reviews.request(review), Nanos.of(NOW));
        Decision ignored = decider(Map.of(), risk(90), quarantine()).decide(Reviews.request(review), Nanos.of(NOW));

        assertThat(denied.deniedBy()).containsExactly("risk");
        assertThat(ignored.allowed()).isTrue();
    }

    @Test
    void nothingSpeaksAgainstAPodThatIsNotKnownNorARiskThatIsTooOld() throws Exception {
        ObjectNode another = Reviews.tree("pod-exec-connect.json");
        another.withObject("/request").put("name", "another");
        Decision unknown = decider(Map.of("ACCESS_AT_RISK", "DENY"), risk(90), null)
                .decide(Reviews.request(another), Nanos.of(NOW));
        Map<String, String> stale = new HashMap<>(Map.of("ACCESS_AT_RISK", "DENY", "RISK_STALE_SECONDS", "60"));
        WorkloadRisk old = WorkloadRisk.of(ORDERS, Reviews.risk(100, NOW.minus(Duration.ofSeconds(61))));
        stale.put("STALE_RISK", "WARN");
        Decision warned = decider(stale, old, null).decide(exec(), Nanos.of(NOW));
        stale.put("STALE_RISK", "IGNORE");
        Decision ignored = decider(stale, old, null).decide(exec(), Nanos.of(NOW));

        assertThat(unknown.allowed()).isTrue();
        assertThat(unknown.auditAnnotations()).containsEntry("workload", "unknown");
        assertThat(warned.allowed()).isTrue();
        assertThat(warned.warnings()).hasSize(1);
        assertThat(ignored.warnings()).isEmpty();
    }

    @Test
    void whereNothingIsDeniedARefusalIsAWarning() throws Exception {
        Decision decision = decider(Map.of("ACCESS_AT_RISK", "DENY", "EXEMPT_NAMESPACES", "[shop]"), risk(90), null)
                .decide(exec(), Nanos.of(NOW));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.warnings()).singleElement().asString().contains("allows this in namespace shop only");
    }

    private static AdmissionRequest exec() {
        return Reviews.request(Reviews.tree("pod-exec-connect.json"));
    }

    private static WorkloadRisk risk(double score) throws MalformedRecordException {
        return WorkloadRisk.of(ORDERS, Reviews.risk(score, NOW));
    }

    private static Quarantine quarantine() {
        return new Quarantine("d-1", "a story in pod orders-1", Nanos.of(NOW.plusSeconds(900)));
    }

    private static Decider decider(Map<String, String> settings, WorkloadRisk risk, Quarantine quarantine) {
        Knowledge none = Knowledge.none();
        return new Decider("prod", 70, true, Deciders.settings(settings), new Knowledge(
                workload -> workload.equals(ORDERS) ? risk : null, workload -> workload.equals(ORDERS) ? quarantine : null,
                none.policies(), none.images(), none.imageUsers(),
                (namespace, pod) -> namespace.equals("shop") && pod.equals(POD) ? ORDERS : null, none.learned()));
    }
}
