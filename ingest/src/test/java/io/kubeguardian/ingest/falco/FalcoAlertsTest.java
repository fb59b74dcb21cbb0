package io.kubeguardian.ingest.falco;

import static io.kubeguardian.ingest.ForeignSensor.FALCO;
import static io.kubeguardian.ingest.falco.Alerts.bytes;
import static io.kubeguardian.ingest.falco.Alerts.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.ingest.Collected;
import io.kubeguardian.ingest.MalformedLineException;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FalcoAlertsTest {
    private static final Instant TIME = Instant.ofEpochSecond(1_790_000_000L, 7);

    private final Collected collected = new Collected();
    private final ObjectNode alert = Alerts.shell(TIME);

    @Test
    void anAlertIsASignal() throws Exception {
        Signal signal = take(alert);

        assertThat(signal.getKind()).isEqualTo(SignalKind.RULE);
        assertThat(signal.getOrigin()).isEqualTo("falco");
        assertThat(signal.getRule()).isEqualTo("Terminal shell in container");
        assertThat(signal.getPriority()).isEqualTo(Priority.WARNING);
        assertThat(signal.getTags()).containsExactly("container", "mitre_execution", "T1059", "t1611.001");
        assertThat(signal.getTechniques()).containsExactly("T1059", "T1611.001");
        assertThat(signal.getEventTime()).isEqualTo(1_790_000_000_000_000_007L);
        assertThat(signal.getDetectedTime()).isEqualTo(Collected.NOW);
        assertThat(signal.getOutput()).isEqualTo("A shell was spawned in a container | user=root shell=bash");
        assertThat(signal.getOutputFields()).containsEntry("proc.tty", "34816").containsEntry("evt.time",
                "1790000000000000007").doesNotContainKey("fd.name");
        assertThat(signal.getUnmapped()).containsEntry("uuid", "7f8c4e5a-0000-4000-8000-000000000003")
                .containsEntry("source", "syscall");
    }

    @Test
    void itKnowsWhomItIsAbout() throws Exception {
        Signal signal = take(alert);

        assertThat(signal.getPod().getUid()).isEqualTo(Alerts.POD_UID);
        assertThat(signal.getPod().getNode()).isEqualTo("worker-1");
        assertThat(signal.getPod().getResolved()).isFalse();
        assertThat(signal.getWorkload().getKind()).isEqualTo("Pod");
        assertThat(signal.getWorkload().getName()).isEqualTo("orders-7d9-x2x4z");
        assertThat(signal.getContainerId()).isEqualTo("0123456789ab");
        assertThat(signal.getImage()).isEqualTo("docker.io/shop/orders:1.2");
        ProcessRef process = signal.getProcess();
        assertThat(process.getPid()).isEqualTo(1200);
        assertThat(process.getExe()).isEqualTo("/usr/bin/bash");
        assertThat(process.getArgs()).containsExactly("bash -i");
        assertThat(process.getUid()).isZero();
        assertThat(signal.getAncestors()).extracting(ProcessRef::getName).containsExactly("orders", "containerd-shim");
        assertThat(signal.getAncestors().get(0).getPid()).isEqualTo(1100);
    }

    @Test
    void theSameAlertByAnotherWayIsTheSameSignal() throws Exception {
        ObjectNode relayed = Alerts.shell(TIME);
        relayed.put("uuid", "another, as falcosidekick gives one where there was none");
        fields(relayed).put("custom.cluster", "added on the way");

        assertThat(take(relayed).getId()).isEqualTo(take(alert).getId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hostname", "rule", "output", "source"})
    void anotherAlertIsAnotherSignal(String field) throws Exception {
        ObjectNode other = Alerts.shell(TIME).put(field, "something else");

        assertThat(take(other).getId()).isNotEqualTo(take(alert).getId());
    }

    @Test
    void aNanosecondLaterIsAnotherSignal() throws Exception {
        assertThat(take(Alerts.shell(TIME.plusNanos(1))).getId()).isNotEqualTo(take(alert).getId());
    }

    @ParameterizedTest
    @CsvSource({
        "k8smeta.deployment.name, Deployment", "k8s.deployment.name, Deployment", "k8s.rs.name, ReplicaSet",
    })
    void aControllerThatIsNamedIsTheWorkload(String field, String kind) throws Exception {
        fields(alert).put(field, "orders");

        Signal signal = take(alert);

        assertThat(signal.getWorkload().getKind()).isEqualTo(kind);
        assertThat(signal.getWorkload().getName()).isEqualTo("orders");
        assertThat(signal.getWorkload().getNamespace()).isEqualTo("shop");
    }

    @Test
    void aPodWithoutItsUidHasTheOneThatItHasInTetragonsEventsToo() throws Exception {
        fields(alert).remove("k8s.pod.uid");

        Signal signal = take(alert);

        assertThat(signal.getPod().getUid()).isEqualTo(java.util.UUID.nameUUIDFromBytes(
                "prod/shop/orders-7d9-x2x4z".getBytes()).toString());
    }

    @Test
    void anAlertOfTheHostIsTheNodes() throws Exception {
        for (String field : List.of("k8s.pod.uid", "k8s.pod.name", "k8s.ns.name")) {
            fields(alert).put(field, "<NA>");
        }
        fields(alert).put("container.id", "host");

        Signal signal = take(alert);

        assertThat(signal.getWorkload().getKind()).isEqualTo("Node");
        assertThat(signal.getWorkload().getName()).isEqualTo("worker-1");
        assertThat(signal.getPod().getUid()).isEmpty();
        assertThat(signal.getContainerId()).isEmpty();
    }

    @Test
    void whatCanBeSwitchedOffInFalcoMayBeMissing() throws Exception {
        alert.remove(List.of("uuid", "hostname", "output", "source", "tags", "output_fields"));

        Signal signal = take(alert);

        assertThat(signal.getOutput()).isEqualTo("Terminal shell in container");
        assertThat(signal.getWorkload().getName()).isEqualTo("own-node");
        assertThat(signal.getProcess()).isNull();
        assertThat(signal.getTags()).isEmpty();
    }

    @Test
    void eventsThatFalcoLostAreAGap() throws Exception {
        alert.put("rule", "Falco internal: syscall event drop").put("priority", "Debug").put("source", "internal")
                .put("output", "Falco internal: syscall event drop. 815508 system calls dropped in last second.");
        alert.putObject("output_fields").put("n_drops", "815508").put("n_evts", "2270350");

        Signal signal = take(alert);

        assertThat(signal.getKind()).isEqualTo(SignalKind.GAP);
        assertThat(signal.getRule()).isEqualTo("gap.falco");
        assertThat(signal.getCompleteness().getComplete()).isFalse();
        assertThat(signal.getOutputFields()).containsEntry("n_drops", "815508");
    }

    @Test
    void falcosMetricsAreNoAlert() throws Exception {
        alert.put("rule", "Falco internal: metrics snapshot").put("priority", "Informational").put("source", "internal");
        alert.putObject("output_fields").put("falco.version", "0.40.0");

        collected.take(FALCO, bytes(alert));

        assertThat(collected.signals).isEmpty();
    }

    @Test
    void unknownFieldsAreKept() throws Exception {
        alert.putObject("enrichment").put("owner", "team-a").putArray("scores").add(1).add(2);

        Signal signal = take(alert);

        assertThat(signal.getUnmapped()).containsEntry("enrichment.owner", "team-a")
                .containsEntry("enrichment.scores", "[1,2]");
    }

    @Test
    void textsWithoutEndAreCut() throws Exception {
        alert.put("output", "o".repeat(500_000)).put("rule", "r".repeat(5000));
        for (int i = 0; i < 1000; i++) {
            fields(alert).put("field" + i, "v".repeat(100));
        }
        for (int i = 0; i < 1000; i++) {
            alert.withArray("tags").add("tag" + i);
        }

        Signal signal = take(alert);

        assertThat(signal.getOutput()).hasSize(4097);
        assertThat(signal.getRule()).hasSize(513);
        assertThat(signal.getTags()).hasSize(64);
        assertThat(signal.getOutputFields()).hasSize(129).containsKey("kubeguardian.left_out");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "rule          | \"\"                     | rule is missing",
        "rule          | 7                        | rule is not text",
        "priority      | \"Loud\"                 | priority is none of Falco's",
        "priority      | null                     | priority is missing",
        "time          | \"10:20:30\"             | time is not a time",
        "time          | null                     | time is missing",
        "time          | \"1969-01-01T00:00:00Z\" | time is before 1970",
        "tags          | \"a\"                    | tags is not an array",
        "tags          | [1]                      | tags is not an array of texts",
        "output_fields | []                       | output_fields is not an object",
    })
    void whatIsNoAlertIsRefusedWithAReason(String field, String value, String reason) throws Exception {
        alert.set(field, new com.fasterxml.jackson.databind.ObjectMapper().readTree(value));

        assertThatThrownBy(() -> take(alert)).isInstanceOf(MalformedLineException.class).hasMessageContaining(reason);
    }

    private Signal take(ObjectNode line) throws MalformedLineException {
        collected.take(FALCO, bytes(line));
        return collected.signals.get(collected.signals.size() - 1);
    }
}
