package io.kubeguardian.risk;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import java.util.List;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RiskFunctionTest {
    private static final long HOUR = 3_600_000;

    private KeyedTwoInputStreamOperatorTestHarness<String, Signal, Incident, RiskScore> operator;

    @BeforeEach
    void open() throws Exception {
        operator = new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new RiskFunction(SignalExamples.settings())),
                signal -> Keys.workload(signal.getWorkload()), incident -> Keys.workload(incident.getWorkload()),
                BasicTypeInfo.STRING_TYPE_INFO);
        operator.setup(Types.RISK.createSerializer(operator.getExecutionConfig().getSerializerConfig()));
        operator.open();
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void itRisesWithSignalsAndTheIncidentAndNamesItsReasons() throws Exception {
        signal("a", Priority.WARNING, 0);
        signal("b", Priority.CRITICAL, 10);

        operator.processElement2(SignalExamples.incident(20), SignalExamples.START + 20);

        List<RiskScore> scores = operator.extractOutputValues();
        assertThat(scores).extracting(RiskScore::getScore).isSorted().hasSize(3);
        assertThat(scores.get(2).getScore()).isGreaterThan(80);
        assertThat(scores.get(2).getFactors()).extracting(f -> f.getName())
                .containsExactly("A story", "b", "a");
        assertThat(scores.get(2).getFactors().get(0).getEvidenceId()).isEqualTo("incident-20");
    }

    @Test
    void aReasonIsTheSentenceOfTheOutputWithoutItsFields() throws Exception {
        Signal signal = SignalExamples.rule("a", Priority.CRITICAL, 0);
        signal.setOutput("a server started a shell | command=sh -c id user_id=0");

        operator.processElement1(signal, SignalExamples.START);

        assertThat(operator.extractOutputValues().get(0).getFactors().get(0).getReason())
                .isEqualTo("a server started a shell");
    }

    @Test
    void aChangeBelowAPointIsNotPublished() throws Exception {
        for (int i = 0; i < 20; i++) {
            signal("noisy", Priority.NOTICE, i);
        }

        assertThat(operator.extractOutputValues()).hasSizeLessThan(6);
        assertThat(operator.numEventTimeTimers()).isEqualTo(1);
    }

    @Test
    void everyIncidentIsPublishedEvenIfTheScoreIsFull() throws Exception {
        operator.processElement2(SignalExamples.incident(0), SignalExamples.START);
        for (int i = 0; i < 10; i++) {
            signal("rule " + i, Priority.EMERGENCY, i);
        }
        int before = operator.extractOutputValues().size();

        operator.processElement2(SignalExamples.incident(20), SignalExamples.START + 20);

        List<RiskScore> scores = operator.extractOutputValues();
        assertThat(scores).hasSize(before + 1);
        assertThat(scores.get(before).getFactors()).anyMatch(f -> f.getEvidenceId().equals("incident-20"));
    }

    @Test
    void levelsThatChangeByDecayAlonePublishThemselvesAndInTheEndNothingIsKept() throws Exception {
        operator.processElement2(SignalExamples.incident(0), SignalExamples.START);
        signal("a", Priority.EMERGENCY, 1);

        for (int hours = 1; hours <= 12; hours++) {
            operator.processBothWatermarks(new org.apache.flink.streaming.api.watermark.Watermark(
                    SignalExamples.START + hours * HOUR));
        }

        assertThat(operator.extractOutputValues()).extracting(RiskScore::getLevel).containsExactly(
                RiskLevel.HIGH, RiskLevel.CRITICAL, RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW, RiskLevel.NONE);
        assertThat(operator.numKeyedStateEntries()).isZero();
        assertThat(operator.numEventTimeTimers()).isZero();
    }

    @Test
    void theEndOfAReplayPublishesNoFuture() throws Exception {
        signal("a", Priority.ALERT, 1);

        operator.processBothWatermarks(org.apache.flink.streaming.api.watermark.Watermark.MAX_WATERMARK);

        assertThat(operator.extractOutputValues()).hasSize(1);
    }

    private void signal(String rule, Priority priority, long millis) throws Exception {
        operator.processElement1(SignalExamples.rule(rule, priority, millis), SignalExamples.START + millis);
    }
}
