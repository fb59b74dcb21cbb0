package io.kubeguardian.risk;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.DecisionSettings;
import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Approval;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RiskScore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;

/**
 * State that an earlier version of these operators wrote is still read: files of the first version. To write those of a
 * new version run this once with {@code -Dkubeguardian.state.record=true} and commit them under a new number.
 */
class GoldenStateTest {
    private static final Path FOLDER = Path.of("src/test/resources/state");
    private static final boolean RECORD = Boolean.getBoolean("kubeguardian.state.record");

    @Test
    void ofTheRiskOperator() throws Exception {
        Path file = FOLDER.resolve("risk.v1.state");
        if (RECORD) {
            // an exposed pod, a signal, an incident that waits for more
            try (RiskHarness risk = new RiskHarness(RiskHarness.policy(SignalExamples.settings()), false, 0, null,
                    new HashMapStateBackend())) {
                risk.pod(null, RiskFunctionTest.pod("pod-1", true));
                risk.incident(SignalExamples.incident(0));
                record(risk.operator.snapshot(1, 1), file);
            }
        }
        try (RiskHarness risk = new RiskHarness(RiskHarness.policy(SignalExamples.settings()), false, 0,
                OperatorSnapshotUtil.readStateHandle(file.toString()), new HashMapStateBackend())) {

            risk.signal(SignalExamples.rule("rule", Priority.CRITICAL, 5));

            RiskScore score = risk.scores().get(0);
            assertThat(score.getFactors()).extracting(f -> f.getKind()).contains("incident", "rule", "exposure");
            assertThat(score.getStanding()).isEqualTo(10);
            assertThat(risk.proposals()).extracting(Decision::getEvidenceId).containsExactly("incident-0");
        }
    }

    @Test
    void ofTheGate() throws Exception {
        Path file = FOLDER.resolve("gate.v1.state");
        if (RECORD) {
            try (var gate = gate(null)) {
                Decision decision = DecisionGateTest.decisionOf("p", DecisionState.PENDING);
                gate.processElement(GateInput.of(decision), 0);
                gate.processElement(GateInput.of(DecisionGateTest.decisionOf("a", DecisionState.IN_FORCE)), 0);
                record(gate.snapshot(1, 1), file);
            }
        }
        try (var gate = gate(OperatorSnapshotUtil.readStateHandle(file.toString()))) {

            gate.processElement(GateInput.of(new Approval("prod", "p", true, "ada", "", 1L)), 0);
            gate.processElement(GateInput.of(Decision.newBuilder(DecisionGateTest.decisionOf("b", DecisionState.IN_FORCE))
                    .setWorkload(new io.kubeguardian.schema.WorkloadRef("prod", "x", "Deployment", "y")).build()), 0);

            assertThat(gate.extractOutputValues()).extracting(Decision::getId).containsExactly("p");
            assertThat(gate.getSideOutput(DecisionGate.LOG).stream().map(StreamRecord::getValue)
                    .map(decision -> decision.getId() + ' ' + decision.getState()))
                    .containsExactly("p IN_FORCE", "b HELD");
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, GateInput, Decision> gate(OperatorSubtaskState state)
            throws Exception {
        var gate = new KeyedOneInputStreamOperatorTestHarness<String, GateInput, Decision>(new KeyedProcessOperator<>(
                new DecisionGate(new DecisionSettings("", 1, 9, 600), () -> SignalExamples.START * 1_000_000, false)),
                input -> input.cluster, BasicTypeInfo.STRING_TYPE_INFO);
        gate.setStateBackend(new HashMapStateBackend());
        gate.setup(Types.DECISION.createSerializer(gate.getExecutionConfig().getSerializerConfig()));
        if (state != null) {
            gate.initializeState(state);
        }
        gate.open();
        return gate;
    }

    private static void record(OperatorSubtaskState state, Path file) throws Exception {
        Files.createDirectories(FOLDER);
        OperatorSnapshotUtil.writeStateHandle(state, file.toString());
    }
}
