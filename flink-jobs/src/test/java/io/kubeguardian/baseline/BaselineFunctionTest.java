package io.kubeguardian.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.Observation;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BaselineFunctionTest {
    private static final long START = 1_790_000_000L;

    private KeyedOneInputStreamOperatorTestHarness<String, Observation, Signal> operator;

    @BeforeEach
    void open() throws Exception {
        operator = harness(null);
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void whatIsNewToAReadyBaselineIsToldOnceWithItsReason() throws Exception {
        observe("orders", "exec", "/srv/orders", 0);
        observe("orders", "connect", "10.0.0.5:5432", 1);
        observe("orders", "exec", "/srv/orders", 200);

        observe("orders", "connect", "203.0.113.9:4444", 201);
        observe("orders", "connect", "203.0.113.9:4444", 202);

        assertThat(drift()).hasSize(1);
        Signal signal = drift().get(0);
        assertThat(signal.getRule()).isEqualTo("drift.connect");
        assertThat(signal.getOutput()).contains("203.0.113.9:4444", "1 known connect items", "ready since 20");
        assertThat(signal.getOutputFields()).containsEntry("kubeguardian.baseline.items", "1");
    }

    @Test
    void aDriftIsToldForEachPodAndProgramItIsNewTo() throws Exception {
        observe("orders", "exec", "/srv/orders", 0);

        // A second replica is attacked from the same place; a downloaded program calls back where it came from.
        drift("pod-1", "/usr/bin/curl", 200);
        drift("pod-2", "/usr/bin/curl", 201);
        drift("pod-1", "/tmp/x", 202);
        drift("pod-1", "/tmp/x", 203);

        assertThat(drift()).extracting(s -> s.getPod().getUid() + ' ' + s.getProcess().getExe())
                .containsExactly("pod-1 /usr/bin/curl", "pod-2 /usr/bin/curl", "pod-1 /tmp/x");
    }

    @Test
    void aDriftIsToldAgainWhenTheContainmentItMayHaveLedToIsOver() throws Exception {
        observe("orders", "exec", "/srv/orders", 0);
        drift("pod-1", "/tmp/x", 200);
        drift("pod-1", "/tmp/x", 1_000);
        assertThat(drift()).hasSize(1);

        drift("pod-1", "/tmp/x", 1_101);

        assertThat(drift()).hasSize(2);
    }

    @Test
    void tooMuchDriftIsToldOnceAndJudgedAgainLater() throws Exception {
        observe("orders", "exec", "/srv/orders", 0);
        for (int i = 0; i < 30; i++) {
            observe("orders", "connect", "203.0.113.9:" + i, 200);
        }
        assertThat(drift()).hasSize(17);
        assertThat(drift().get(16).getRule()).isEqualTo("gap.baseline");
        assertThat(drift().get(16).getOutput()).contains("more than 16 different connect items outside its baseline");

        operator.processWatermark((START + 1_200) * 1000);
        observe("orders", "connect", "203.0.113.9:4444", 1_201);

        assertThat(drift()).hasSize(18);
        assertThat(drift().get(17).getRule()).isEqualTo("drift.connect");
    }

    @Test
    void eachWorkloadHasItsOwn() throws Exception {
        observe("orders", "exec", "/srv/orders", 0);
        observe("orders", "exec", "/srv/orders", 200);

        observe("billing", "exec", "/srv/billing", 201);

        assertThat(drift()).isEmpty();
    }

    @Test
    void itSurvivesARestart() throws Exception {
        observe("orders", "exec", "/srv/orders", 0);
        OperatorSubtaskState snapshot = operator.snapshot(1, 1);
        operator.close();
        operator = harness(snapshot);

        observe("orders", "exec", "/srv/orders", 200);
        observe("orders", "exec", "/tmp/x", 201);

        assertThat(drift()).extracting(Signal::getRule).containsExactly("drift.exec");
    }

    @Test
    void aSaturatedBaselineSaysSo() throws Exception {
        for (int i = 0; i < 20; i++) {
            observe("orders", "exec", "/bin/" + i, i);
        }

        observe("orders", "exec", "/tmp/x", 500);

        assertThat(drift()).hasSize(1);
        assertThat(drift().get(0).getRule()).isEqualTo("gap.baseline");
        assertThat(drift().get(0).getKind()).isEqualTo(SignalKind.GAP);
    }

    @Test
    void theBaselineOfAWorkloadThatIsGoneIsForgotten() throws Exception {
        operator.close();
        operator = harness(new HashMapStateBackend(), null); // RocksDB's harness cannot count
        observe("orders", "exec", "/srv/orders", 0);

        operator.processWatermark(START * 1000 + BaselineFunction.FORGET_MILLIS + 1);

        assertThat(operator.numKeyedStateEntries()).isZero();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Observation, Signal> harness(
            OperatorSubtaskState state) throws Exception {
        return harness(new EmbeddedRocksDBStateBackend(), state);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Observation, Signal> harness(
            StateBackend backend, OperatorSubtaskState state) throws Exception {
        DetectionSettings settings =
                new DetectionSettings(List.of(), List.of(), 1, "", 200, 3000, 256, 60, 30, 16, 3600, 80, 900, List.of(), List.of(),
                        100, 3600);
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new BaselineFunction(settings)),
                (Observation o) -> o.signal.getWorkload().getName(), BasicTypeInfo.STRING_TYPE_INFO);
        harness.setStateBackend(backend);
        harness.setup(Types.SIGNAL.createSerializer(harness.getExecutionConfig().getSerializerConfig()));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    private void drift(String pod, String exe, long second) throws Exception {
        Signal signal = signal("orders", "connect", second);
        signal.getPod().setUid(pod);
        signal.setProcess(new ProcessRef("boot", 7, 7L, "x", exe, new ArrayList<>(), 0, ""));
        operator.processElement(new Observation("connect", "203.0.113.9:443", signal), (START + second) * 1000);
    }

    private void observe(String workload, String kind, String item, long second) throws Exception {
        operator.processElement(new Observation(kind, item, signal(workload, kind, second)), (START + second) * 1000);
    }

    private static Signal signal(String workload, String kind, long second) {
        return new Signal("id", SignalKind.DRIFT, "drift." + kind, Priority.NOTICE, new ArrayList<>(),
                new ArrayList<>(), (START + second) * 1_000_000_000L, 0L,
                new WorkloadRef("prod", "shop", "Deployment", workload), new PodRef("uid", "shop", "pod", "node", true),
                "", "", null, new ArrayList<>(), "", new HashMap<>(), new Completeness(true, 0L, 0L), "",
                new HashMap<>(), 0.0, List.of());
    }

    private List<Signal> drift() {
        return operator.extractOutputValues();
    }
}
