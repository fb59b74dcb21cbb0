package io.kubeguardian.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.IncidentState;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import org.junit.jupiter.api.Test;

class OcsfAlertsTest {
    @Test
    void aSignalIsADetectionFindingWithItsEvidence() throws Exception {
        JsonNode alert = json(OcsfAlerts.of(SignalExamples.rule("Shell", Priority.WARNING, 0)));

        assertThat(alert.get("class_uid").asInt()).isEqualTo(2004);
        assertThat(alert.get("category_uid").asInt()).isEqualTo(2);
        assertThat(alert.get("type_uid").asInt()).isEqualTo(200401);
        assertThat(alert.get("time").asLong()).isEqualTo(SignalExamples.START);
        assertThat(alert.get("severity_id").asInt()).isEqualTo(3);
        assertThat(alert.at("/finding_info/uid").asText()).isEqualTo("Shell-0");
        assertThat(alert.at("/finding_info/title").asText()).isEqualTo("Shell");
        assertThat(alert.at("/finding_info/attacks/0/technique/uid").asText()).isEqualTo("T1059");
        assertThat(alert.at("/finding_info/attacks/0/sub_technique/uid").asText()).isEqualTo("T1059.004");
        assertThat(alert.at("/evidences/0/process/pid").asInt()).isEqualTo(200);
        assertThat(alert.at("/evidences/0/process/cmd_line").asText()).isEqualTo("sh -c id \"x\"");
        assertThat(alert.at("/evidences/0/process/file/path").asText()).isEqualTo("/bin/sh");
        assertThat(alert.at("/evidences/0/process/parent_process/name").asText()).isEqualTo("orders");
        assertThat(alert.at("/resources/0/type").asText()).isEqualTo("Deployment");
        assertThat(alert.at("/resources/1/name").asText()).isEqualTo("orders-1");
        assertThat(alert.at("/resources/1/namespace").asText()).isEqualTo("shop");
    }

    @Test
    void consumersOfFalcosJsonFindTheirKeys() throws Exception {
        JsonNode falco = json(OcsfAlerts.of(SignalExamples.rule("Shell", Priority.WARNING, 0))).get("unmapped");

        assertThat(falco.get("rule").asText()).isEqualTo("Shell");
        assertThat(falco.get("priority").asText()).isEqualTo("Warning");
        assertThat(falco.get("output").asText()).isEqualTo("a shell");
        assertThat(falco.at("/output_fields/proc.name").asText()).isEqualTo("sh");
        assertThat(falco.at("/tags/0").asText()).isEqualTo("container");
        assertThat(falco.get("hostname").asText()).isEqualTo("node-1");
        assertThat(falco.get("source").asText()).isEqualTo("syscall");
        assertThat(falco.get("time").asText()).isEqualTo("2026-09-21T14:13:20Z");
    }

    @Test
    void anAlertOfAnotherSensorSaysSoAndKeepsItsWords() throws Exception {
        Signal signal = Signal.newBuilder(SignalExamples.rule("Shell", Priority.WARNING, 0)).setOrigin("falco")
                .setUnmapped(java.util.Map.of("source", "k8s_audit", "uuid", "u-1")).build();

        JsonNode unmapped = json(OcsfAlerts.of(signal)).get("unmapped");

        assertThat(unmapped.get("origin").asText()).isEqualTo("falco");
        assertThat(unmapped.get("source").asText()).isEqualTo("k8s_audit");
        assertThat(unmapped.at("/foreign/uuid").asText()).isEqualTo("u-1");
    }

    @Test
    void anIncidentTellsItsSignals() throws Exception {
        JsonNode alert = json(OcsfAlerts.of(SignalExamples.incident(7)));

        assertThat(alert.at("/finding_info/uid").asText()).isEqualTo("incident-7");
        assertThat(alert.at("/finding_info/attacks/0/technique/uid").asText()).isEqualTo("T1105");
        assertThat(alert.at("/finding_info/attacks/0/sub_technique").isMissingNode()).isTrue();
        assertThat(alert.get("severity_id").asInt()).isEqualTo(5);
        assertThat(alert.at("/finding_info/related_events/0/title").asText()).isEqualTo("step");
        assertThat(alert.at("/finding_info/related_events/0/uid")).isEqualTo(json(OcsfAlerts.of(
                SignalExamples.incident(7).getSignals().get(0))).at("/metadata/uid"));
        assertThat(alert.at("/evidences/0/data/rule").asText()).isEqualTo("step");
        assertThat(alert.at("/unmapped/kind").asText()).isEqualTo("INCIDENT");
    }

    @Test
    void whateverAProcessPutsIntoItsNameTheJsonStaysJson() throws Exception {
        Signal signal = SignalExamples.rule("Shell", Priority.WARNING, 0);
        signal.getProcess().setName("\"},\u0000\n\uD800{");
        signal.setOutput("\\\"\u2028");

        JsonNode alert = json(OcsfAlerts.of(signal));

        assertThat(alert.at("/evidences/0/process/name").asText()).startsWith("\"},\u0000\n");
        assertThat(alert.get("message").asText()).isEqualTo("\\\"\u2028");
    }

    @Test
    void aSignalWithoutAProcessHasNoEvidence() throws Exception {
        Signal gap = SignalExamples.rule("gap.lost", Priority.WARNING, 0);
        gap.setProcess(null);

        assertThat(json(OcsfAlerts.of(gap)).get("evidences")).isEmpty();
    }

    private static JsonNode json(Alert alert) throws Exception {
        assertThat(alert.key).isEqualTo("prod/shop/Deployment/orders");
        return new ObjectMapper().readTree(alert.json);
    }

    @Test
    void anIncidentIsCreatedUpdatedAndClosedUnderOneFinding() throws Exception {
        Incident incident = SignalExamples.incident(5);
        ObjectMapper json = new ObjectMapper();

        JsonNode created = json.readTree(OcsfAlerts.of(incident).json);
        JsonNode updated = json.readTree(OcsfAlerts.of(Incident.newBuilder(incident).setRevision(2)
                .setState(IncidentState.UPDATED).setUpdatedTime(7_000_000L).build()).json);
        JsonNode closed = json.readTree(OcsfAlerts.of(Incident.newBuilder(incident).setRevision(3)
                .setState(IncidentState.CLOSED).build()).json);

        assertThat(java.util.stream.Stream.of(created, updated, closed).map(a -> a.path("activity_id").asInt()))
                .containsExactly(1, 2, 3);
        assertThat(java.util.stream.Stream.of(created, updated, closed).map(a -> a.path("type_uid").asInt()))
                .containsExactly(200401, 200402, 200403);
        assertThat(java.util.stream.Stream.of(created, updated, closed).map(a -> a.at("/finding_info/uid").asText()))
                .containsOnly(incident.getId());
        assertThat(java.util.stream.Stream.of(created, updated, closed).map(a -> a.at("/metadata/uid").asText()))
                .doesNotHaveDuplicates();
        assertThat(updated.at("/finding_info/modified_time").asLong()).isEqualTo(7);
        assertThat(closed.path("status").asText()).isEqualTo("Quiet");
    }
}
