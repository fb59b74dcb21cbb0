package io.kubeguardian.correlation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import java.util.List;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignalCapTest {
    private static final long TIMESPAN = 300_000;

    private KeyedOneInputStreamOperatorTestHarness<String, Signal, Signal> operator;

    @BeforeEach
    void open() throws Exception {
        operator = new KeyedOneInputStreamOperatorTestHarness<>(new KeyedProcessOperator<>(new SignalCap(TIMESPAN)),
                new GroupKey(List.of("k8s.pod.uid")), BasicTypeInfo.STRING_TYPE_INFO);
        operator.setup(Types.SIGNAL.createSerializer(operator.getExecutionConfig().getSerializerConfig()));
        operator.open();
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void aFloodOfOneRuleIsThinnedAndTheNextRuleStillPasses() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            signal("a", i);
        }

        signal("b", 10_001);

        List<Signal> passed = operator.extractOutputValues();
        assertThat(passed).hasSize(SignalCap.RUN + 1 + 1);
        assertThat(passed.get(passed.size() - 1).getRule()).isEqualTo("b");
    }

    @Test
    void aFloodOfAStorysBeginningDoesNotKeepOutItsEnd() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            signal(i % 2 == 0 ? "a" : "b", i);
        }

        signal("c", 10_001);

        List<Signal> passed = operator.extractOutputValues();
        assertThat(passed.get(passed.size() - 1).getRule()).isEqualTo("c");
    }

    @Test
    void aFloodOfSeveralRulesIsCappedUntilTheTimespanIsOver() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            signal(i % 2 == 0 ? "a" : "b", i);
        }
        assertThat(operator.extractOutputValues()).hasSize(2 * SignalCap.MOST);

        operator.processWatermark(SignalExamples.START + TIMESPAN);
        assertThat(operator.numKeyedStateEntries()).isZero();
        signal("a", TIMESPAN + 1);

        assertThat(operator.extractOutputValues()).hasSize(2 * SignalCap.MOST + 1);
    }

    private void signal(String rule, long millis) throws Exception {
        operator.processElement(SignalExamples.rule(rule, Priority.WARNING, millis), SignalExamples.START + millis);
    }
}
