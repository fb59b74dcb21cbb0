package io.kubeguardian.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlertBudgetTest {
    private KeyedOneInputStreamOperatorTestHarness<String, Signal, Signal> operator;
    private int number;

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void beyondTheBudgetAlertsAreHeldBackWhichIsToldAtOnceAndCountedAtTheEnd() throws Exception {
        open(2);
        for (int i = 0; i < 5; i++) {
            send("noisy", Priority.NOTICE, "orders", i, true);
        }
        send("other", Priority.NOTICE, "orders", 6, false);

        operator.processWatermark(10_000);

        assertThat(out()).extracting(Signal::getRule).containsExactly("noisy", "noisy", "held.budget", "held.budget");
        Signal begin = out().get(2);
        assertThat(begin.getKind()).isEqualTo(SignalKind.HELD);
        assertThat(begin.getOutput()).isEqualTo("Alert budget of c/shop/Deployment/orders used up: 2 alerts of priority NOTICE"
                + " in 10 s; further ones are on the signals topic alone");
        Signal end = out().get(3);
        assertThat(end.getOutput()).endsWith("4 alerts held back: 3 × noisy, 1 × other");
        assertThat(end.getOutputFields()).containsEntry("kubeguardian.held", "4");
        assertThat(end.getCompleteness().getComplete()).isFalse();
        assertThat(end.getId()).isNotEqualTo(begin.getId());
    }

    @Test
    void noiseDoesNotUseUpTheBudgetOfWhatIsUrgentNorOfAnotherWorkload() throws Exception {
        open(1);
        send("noisy", Priority.NOTICE, "orders", 0, true);
        send("noisy", Priority.NOTICE, "orders", 1, true);

        send("urgent", Priority.CRITICAL, "orders", 2, true);
        send("noisy", Priority.NOTICE, "bank", 3, true);

        assertThat(out()).extracting(Signal::getRule).containsExactly("noisy", "held.budget", "urgent", "noisy");
    }

    @Test
    void aNewWindowHasANewBudget() throws Exception {
        open(1);
        send("noisy", Priority.NOTICE, "orders", 0, true);
        operator.processWatermark(10_000);

        send("noisy", Priority.NOTICE, "orders", 10_001, true);

        assertThat(out()).extracting(Signal::getRule).containsExactly("noisy", "noisy");
        operator.processWatermark(100_000);
        assertThat(operator.numKeyedStateEntries()).isZero();
    }

    @Test
    void zeroIsNoBound() throws Exception {
        open(0);

        for (int i = 0; i < 50; i++) {
            send("noisy", Priority.NOTICE, "orders", i, true);
        }

        assertThat(out()).hasSize(50);
        assertThat(operator.numKeyedStateEntries()).isZero();
    }

    @Test
    void rulesWithoutEndAreCountedTogether() throws Exception {
        open(1);
        for (int i = 0; i < 100; i++) {
            send("rule " + i, Priority.NOTICE, "orders", i, true);
        }

        operator.processWatermark(10_000);

        assertThat(out()).hasSize(3);
        assertThat(out().get(2).getOutput()).contains("99 alerts held back: 79 × other rules, 1 × rule 1");
    }

    private void open(int most) throws Exception {
        operator = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new AlertBudget(most, 10, () -> 7L)),
                signal -> Keys.workload(signal.getWorkload()), BasicTypeInfo.STRING_TYPE_INFO);
        operator.setup(Types.SIGNAL.createSerializer(operator.getExecutionConfig().getSerializerConfig()));
        operator.open();
    }

    private void send(String rule, Priority priority, String workload, long millis, boolean complete) throws Exception {
        operator.processElement(new Signal("s" + number++, SignalKind.RULE, rule, priority, List.of(), List.of(),
                millis * 1_000_000, 7L, new WorkloadRef("c", "shop", "Deployment", workload),
                new PodRef("uid", "shop", "p", "n", true), "", "", null, List.of(), rule, Map.of(),
                new Completeness(complete, 0L, 0L), "", Map.of(), 0.0, List.of()), millis);
    }

    private List<Signal> out() {
        return operator.extractOutputValues();
    }
}
