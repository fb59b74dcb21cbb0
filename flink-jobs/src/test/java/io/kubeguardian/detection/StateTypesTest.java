package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.alerts.Alert;
import io.kubeguardian.alerts.BudgetState;
import io.kubeguardian.baseline.BaselineItem;
import io.kubeguardian.baseline.CountMin;
import io.kubeguardian.baseline.DriftState;
import io.kubeguardian.baseline.ImageBaseline;
import io.kubeguardian.baseline.Observation;
import io.kubeguardian.baseline.ObservedCalls;
import io.kubeguardian.baseline.ObservedItem;
import io.kubeguardian.baseline.ObservedProcess;
import io.kubeguardian.baseline.PodSeen;
import io.kubeguardian.baseline.PodSet;
import io.kubeguardian.baseline.ProfileChange;
import io.kubeguardian.baseline.Rates;
import io.kubeguardian.baseline.Sighting;
import io.kubeguardian.baseline.SyscallHistogram;
import io.kubeguardian.baseline.WorkloadBaseline;
import io.kubeguardian.correlation.EntityState;
import io.kubeguardian.correlation.KeptSignal;
import io.kubeguardian.correlation.OpenIncident;
import io.kubeguardian.correlation.PatternProgress;
import io.kubeguardian.correlation.RoutedSignal;
import io.kubeguardian.correlation.Tally;
import io.kubeguardian.process.ProcessId;
import io.kubeguardian.process.ProcessNode;
import io.kubeguardian.risk.GateInput;
import io.kubeguardian.risk.RiskEvidence;
import io.kubeguardian.risk.RiskState;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.formats.avro.typeutils.AvroSerializer;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in state and travels between operators is Avro or POJO: it can be evolved, and Kryo has no part in it. */
class StateTypesTest {
    @ParameterizedTest
    @ValueSource(classes = {RawRecord.class, PodState.class, Ledger.class, EpochProgress.class, Hole.class,
        Repeat.class, Observation.class, ProcessId.class, ProcessNode.class, BaselineItem.class,
        WorkloadBaseline.class, ImageBaseline.class, CountMin.class, PodSet.class, PodSet.Half.class, SyscallHistogram.class,
        DriftState.class, Rates.class, Sighting.class, PodSeen.class, ProfileChange.class, ObservedItem.class,
        ObservedProcess.class, ObservedCalls.class,
        EntityState.class, KeptSignal.class, OpenIncident.class, PatternProgress.class, RoutedSignal.class,
        Tally.class, Alert.class, RuleUpdate.class, BudgetState.class,
        RiskState.class, RiskEvidence.class, GateInput.class})
    void pojosNeedNoKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    static Stream<TypeInformation<?>> records() {
        return Stream.of(Types.SIGNAL, Types.INCIDENT, Types.RISK, Types.DECISION, Types.DEAD_LETTER, Types.POD,
                Types.RULE_BUNDLE, Types.RUNTIME_POLICY, Types.RULE_STATUS, Types.PROFILE, Types.PROFILE_AUDIT,
                Types.APPROVAL);
    }

    @ParameterizedTest
    @MethodSource("records")
    void recordsAreAvro(TypeInformation<?> type) {
        assertThat(type.createSerializer(new SerializerConfigImpl())).isInstanceOf(AvroSerializer.class);
    }
}
