package io.kubeguardian.risk;

import io.kubeguardian.config.DecisionSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;

/** The risk operator by itself. */
final class RiskHarness implements AutoCloseable {
    static final DecisionSettings LIMITS = new DecisionSettings("", 2, 3, 600);

    final KeyedOneInputStreamOperatorTestHarness<String, RiskEvidence, RiskScore> operator;

    RiskHarness(DecisionPolicy policy, boolean bounded, long clockSeconds, OperatorSubtaskState state) throws Exception {
        this(policy, bounded, clockSeconds, state, new HashMapStateBackend());
    }

    RiskHarness(DecisionPolicy policy, boolean bounded, long clockSeconds, OperatorSubtaskState state, StateBackend backend)
            throws Exception {
        DetectionClock clock = () -> (SignalExamples.START + clockSeconds * 1000) * 1_000_000;
        operator = new KeyedOneInputStreamOperatorTestHarness<>(new KeyedProcessOperator<>(
                new RiskFunction(SignalExamples.settings(), policy, clock, bounded)), evidence -> evidence.key,
                BasicTypeInfo.STRING_TYPE_INFO);
        operator.setStateBackend(backend);
        operator.setup(Types.RISK.createSerializer(operator.getExecutionConfig().getSerializerConfig()));
        if (state != null) {
            operator.initializeState(state);
        }
        operator.open();
    }

    static RiskHarness open() throws Exception {
        return new RiskHarness(policy(SignalExamples.settings()), false, 0, null);
    }

    static DecisionPolicy policy(DetectionSettings settings, DecisionPolicy.Entry... entries) {
        return new DecisionPolicy(List.of(entries), settings, LIMITS);
    }

    void signal(Signal signal) throws Exception {
        List<RiskEvidence> all = new ArrayList<>();
        RiskEvidences.of(signal, to(all));
        send(all);
    }

    void incident(Incident incident) throws Exception {
        List<RiskEvidence> all = new ArrayList<>();
        RiskEvidences.of(incident, to(all));
        send(all);
    }

    void pod(PodMetadata before, PodMetadata now) throws Exception {
        List<RiskEvidence> all = new ArrayList<>();
        RiskEvidences.of(before, now, new WorkloadRef(now.getCluster(), now.getNamespace(), now.getWorkloadKind(),
                now.getWorkloadName()), all::add);
        send(all);
    }

    void send(List<RiskEvidence> all) throws Exception {
        for (RiskEvidence evidence : all) {
            operator.processElement(evidence, evidence.time / 1_000_000);
        }
    }

    void time(long millisAfterStart) throws Exception {
        operator.processWatermark(new Watermark(SignalExamples.START + millisAfterStart));
    }

    /** Of the workload alone. */
    List<RiskScore> scores() {
        return scores(RiskEntity.WORKLOAD);
    }

    List<RiskScore> scores(RiskEntity entity) {
        return operator.extractOutputValues().stream().filter(score -> score.getEntity() == entity).toList();
    }

    List<Decision> proposals() {
        var output = operator.getSideOutput(RiskFunction.PROPOSALS);
        return output == null ? List.of() : output.stream().map(StreamRecord::getValue).toList();
    }

    private static Collector<RiskEvidence> to(List<RiskEvidence> all) {
        return new Collector<>() {
            @Override
            public void collect(RiskEvidence evidence) {
                all.add(evidence);
            }

            @Override
            public void close() {
                // a list
            }
        };
    }

    @Override
    public void close() throws Exception {
        operator.close();
    }
}
