package io.kubeguardian.risk;

import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Approval;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * From signals and incidents to scores and decisions.
 *
 * <pre>
 *  signals ── signal-evidence ──┐
 *  incidents ─ incident-evidence┤
 *  pods (exposure, labels) ─────┤ one piece of evidence per entity: workload, pod, node, image, namespace
 *  posture ─────────────────────┤
 *                               │ keyBy entity
 *                             risk ─ score · POLICY ─────────────► scores
 *                               │ proposals (workloads only)
 *                approvals ─────┤ keyBy cluster
 *                             gate ─ limits · people ────────────► decisions in force, log
 * </pre>
 */
public final class RiskTopology {
    /** @param decisions in force; @param log every step of every decision */
    public record Outputs(DataStream<RiskScore> scores, DataStream<Decision> decisions, DataStream<Decision> log) {}

    private static final TypeInformation<RiskEvidence> EVIDENCE = TypeInformation.of(RiskEvidence.class);

    private RiskTopology() {}

    /**
     * @param facts of pods and posture; they have no say in event time
     * @param approvals people's answers, likewise; null when there are none
     * @param bounded the input is a capture
     */
    public static Outputs build(
            DataStream<Signal> signals, DataStream<Incident> incidents, DataStream<RiskEvidence> facts,
            DataStream<Approval> approvals, DetectionSettings settings, DecisionPolicy policy, DetectionClock clock,
            boolean bounded) {
        DataStream<RiskEvidence> evidence = signals
                .flatMap(RiskEvidences::of, EVIDENCE).name("signal-evidence").uid("signal-evidence")
                .union(incidents.flatMap(RiskEvidences::of, EVIDENCE)
                        .name("incident-evidence").uid("incident-evidence"), facts);

        SingleOutputStreamOperator<RiskScore> risk = evidence
                .keyBy(piece -> piece.key)
                .process(new RiskFunction(settings, policy, clock, bounded), Types.RISK)
                .name("risk").uid("risk")
                .setBufferTimeout(0); // decisions are few and do not wait for company

        DataStream<GateInput> inputs = risk.getSideOutput(RiskFunction.PROPOSALS)
                .map(GateInput::of, TypeInformation.of(GateInput.class))
                .name("proposals").uid("proposals").setBufferTimeout(0);
        if (approvals != null) {
            inputs = inputs.union(approvals.map(GateInput::of, TypeInformation.of(GateInput.class))
                    .name("approvals").uid("approvals"));
        }
        SingleOutputStreamOperator<Decision> gate = inputs
                .keyBy(input -> input.cluster)
                .process(new DecisionGate(policy.limits(), clock, bounded), Types.DECISION)
                .name("decision-gate").uid("decision-gate");
        return new Outputs(risk, gate, gate.getSideOutput(DecisionGate.LOG));
    }
}
