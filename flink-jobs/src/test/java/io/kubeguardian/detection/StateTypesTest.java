package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.alerts.Alert;
import io.kubeguardian.alerts.BudgetState;
import io.kubeguardian.baseline.BaselineItem;
import io.kubeguardian.baseline.BaselineState;
import io.kubeguardian.correlation.CapState;
import io.kubeguardian.process.ProcessId;
import io.kubeguardian.process.ProcessNode;
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
        Repeat.class, Observation.class, ProcessId.class, ProcessNode.class, BaselineState.class, BaselineItem.class,
        CapState.class, Alert.class, RuleUpdate.class, BudgetState.class})
    void pojosNeedNoKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    static Stream<TypeInformation<?>> records() {
        return Stream.of(Types.SIGNAL, Types.INCIDENT, Types.RISK, Types.DECISION, Types.DEAD_LETTER, Types.POD,
                Types.RULE_BUNDLE, Types.RULE_STATUS);
    }

    @ParameterizedTest
    @MethodSource("records")
    void recordsAreAvro(TypeInformation<?> type) {
        assertThat(type.createSerializer(new SerializerConfigImpl())).isInstanceOf(AvroSerializer.class);
    }
}
