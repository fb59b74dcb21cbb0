package io.kubeguardian.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.ExceptedDestination;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskScore;
import java.util.List;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecideFunctionTest {
    private KeyedTwoInputStreamOperatorTestHarness<String, RiskScore, Incident, Decision> operator;

    @BeforeEach
    void open() throws Exception {
        open(false, 0);
    }

    private void open(boolean bounded, long clockSeconds) throws Exception {
        open(SignalExamples.settings(), bounded, clockSeconds);
    }

    private void open(DetectionSettings settings, boolean bounded, long clockSeconds) throws Exception {
        DetectionClock clock = () -> (SignalExamples.START + clockSeconds * 1000) * 1_000_000;
        operator = new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new DecideFunction(settings, clock, bounded)),
                score -> Keys.workload(score.getWorkload()), incident -> Keys.workload(incident.getWorkload()),
                BasicTypeInfo.STRING_TYPE_INFO);
        operator.setup(Types.DECISION.createSerializer(operator.getExecutionConfig().getSerializerConfig()));
        operator.open();
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void theIncidentMayComeBeforeItsRisk() throws Exception {
        incident(0);
        assertThat(operator.extractOutputValues()).isEmpty();

        risk(90);

        assertThat(operator.extractOutputValues()).hasSize(1);
        Decision decision = operator.extractOutputValues().get(0);
        assertThat(decision.getNode()).isEqualTo("node-1");
        assertThat(decision.getScore()).isEqualTo(90);
        assertThat(decision.getReason()).isEqualTo("A story in pod shop/orders-1: risk 90 is at or above 80 (step)");
        assertThat(decision.getExpiresTime() - decision.getEventTime()).isEqualTo(900_000_000_000L);
    }

    @Test
    void orAfterIt() throws Exception {
        risk(90);

        incident(0);

        assertThat(operator.extractOutputValues()).hasSize(1);
    }

    @Test
    void theSettingsExceptionsAreInEveryDecision() throws Exception {
        operator.close();
        open(settings(List.of("/usr/bin/backup"), List.of("10.96.0.10:53/udp")), false, 0);
        incident(0);

        risk(90);

        Decision decision = operator.extractOutputValues().get(0);
        assertThat(decision.getExceptPaths()).containsExactly("/usr/bin/backup");
        assertThat(decision.getExceptDestinations()).containsExactly(new ExceptedDestination("10.96.0.10", 53, 17));
        assertThat(decision.getRequestedBy()).isEmpty();
    }

    @Test
    void anExceptionThatIsNoneIsToldBeforeTheJobRuns() {
        assertThatThrownBy(() -> new DecideFunction(settings(List.of(), List.of("dns.example.com")), () -> 0, false))
                .isInstanceOf(ConfigException.class).hasMessageContaining("containExceptDestinations");
        assertThatThrownBy(() -> new DecideFunction(settings(List.of("bin/*"), List.of()), () -> 0, false))
                .isInstanceOf(ConfigException.class).hasMessageContaining("containExceptPaths");
    }

    private static DetectionSettings settings(List<String> paths, List<String> destinations) {
        return new DetectionSettings(List.of(), List.of(), 1, "", 200, 3000, 256, 60, 30, 100, 3600, 80, 900, paths,
                destinations, 100, 3600);
    }

    @Test
    void belowTheThresholdNothingIsContained() throws Exception {
        incident(0);

        risk(79.9);

        assertThat(operator.extractOutputValues()).isEmpty();
    }

    @Test
    void aContainerIsContainedOnceUntilThatRunsOut() throws Exception {
        risk(90);
        incident(0);
        incident(1000);
        assertThat(operator.extractOutputValues()).hasSize(1);

        operator.processBothWatermarks(new Watermark(SignalExamples.START + 901_000));
        incident(902_000);

        assertThat(operator.extractOutputValues()).hasSize(2);
    }

    @Test
    void anAttackThatGoesOnProlongsTheContainmentBeforeItRunsOut() throws Exception {
        risk(90);
        incident(0);

        incident(449_000);
        assertThat(operator.extractOutputValues()).hasSize(1);
        incident(450_000);

        assertThat(operator.extractOutputValues()).extracting(d -> d.getExpiresTime() / 1_000_000)
                .containsExactly(SignalExamples.START + 900_000, SignalExamples.START + 1_350_000);
    }

    @Test
    void oldEvidenceThatIsReadAgainContainsNothing() throws Exception {
        operator.close();
        open(false, 900);
        risk(90);

        incident(0);

        assertThat(operator.extractOutputValues()).isEmpty();
    }

    @Test
    void aReplayTellsWhatWouldHaveBeenDecided() throws Exception {
        operator.close();
        open(true, 900);
        risk(90);

        incident(0);

        assertThat(operator.extractOutputValues()).hasSize(1);
    }

    @Test
    void aScoreThatDoesNotKnowTheIncidentYetDoesNotDecide() throws Exception {
        risk(90, 0); // of an earlier incident of the same pattern, and decayed since
        operator.processElement2(SignalExamples.incident(1), SignalExamples.START + 1);
        assertThat(operator.extractOutputValues()).isEmpty();

        risk(79, 1);

        assertThat(operator.extractOutputValues()).isEmpty();
    }

    @Test
    void whatWaitsIsBoundedAndForgotten() throws Exception {
        for (int i = 0; i < 1000; i++) {
            incident(i);
        }
        assertThat(operator.numEventTimeTimers()).isLessThanOrEqualTo(DecideFunction.PENDING_LIMIT);

        operator.processBothWatermarks(new Watermark(SignalExamples.START + 1_000_000));

        assertThat(operator.numKeyedStateEntries()).isZero();
    }

    private void incident(long millis) throws Exception {
        operator.processElement2(SignalExamples.incident(millis), SignalExamples.START + millis);
    }

    /** A score that knows all incidents of the test. */
    private void risk(double score) throws Exception {
        risk(score, 10_000_000);
    }

    private void risk(double score, long lastIncidentMillis) throws Exception {
        operator.processElement1(new RiskScore(SignalExamples.incident(0).getWorkload(), score,
                RiskModel.level(score), List.of(new RiskFactor("incident", "A story", 60.0, "…", "incident-0", 1,
                        (SignalExamples.START + lastIncidentMillis) * 1_000_000, List.of(), false)),
                SignalExamples.START * 1_000_000, 3600L, new Completeness(true, 0L, 0L), io.kubeguardian.schema.RiskEntity.WORKLOAD,
                "", 0.0), SignalExamples.START);
    }
}
