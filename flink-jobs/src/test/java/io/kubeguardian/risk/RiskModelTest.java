package io.kubeguardian.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class RiskModelTest {
    private static final long HOUR = 3600L * 1_000_000_000L;

    private final RiskModel model = new RiskModel(3600);

    @Test
    void aSingleWarningIsLow() {
        List<RiskFactor> factors = RiskModel.add(List.of(), rule("a", Priority.WARNING));

        assertThat(RiskModel.level(RiskModel.score(factors))).isEqualTo(RiskLevel.LOW);
    }

    @Test
    void theDemosStepsRaiseItAndTheIncidentTakesItOverTheThresholds() {
        List<RiskFactor> factors = RiskModel.add(List.of(), rule("shell", Priority.WARNING));
        double shell = RiskModel.score(factors);
        factors = RiskModel.add(factors, rule("token", Priority.CRITICAL));
        double token = RiskModel.score(factors);
        factors = RiskModel.add(factors, rule("dropped", Priority.CRITICAL));
        factors = RiskModel.add(factors, rule("calls out", Priority.CRITICAL));
        factors = RiskModel.add(factors, drift("drift.exec"));
        factors = RiskModel.add(factors, drift("drift.exec"));
        factors = RiskModel.add(factors, drift("drift.connect"));
        double before = RiskModel.score(factors);
        factors = RiskModel.add(factors, incident(Priority.CRITICAL));

        assertThat(List.of(shell, token, before, RiskModel.score(factors))).isSorted();
        assertThat(before).isLessThan(70);
        assertThat(RiskModel.score(factors)).isGreaterThanOrEqualTo(80);
    }

    @Test
    void evenTheFaintestStoryWithACriticalIncidentReachesTheThreshold() {
        List<RiskFactor> factors = RiskModel.add(List.of(), rule("a", Priority.NOTICE));
        factors = RiskModel.add(factors, rule("b", Priority.NOTICE));
        factors = RiskModel.add(factors, rule("c", Priority.NOTICE));
        factors = RiskModel.add(factors, drift("drift.connect"));
        factors = RiskModel.add(factors, incident(Priority.CRITICAL));

        assertThat(RiskModel.score(factors)).isGreaterThanOrEqualTo(80);
    }

    @Test
    void repeatsOfOneRuleNeverCountMoreThanTwice() {
        List<RiskFactor> factors = List.of();
        for (int i = 0; i < 1000; i++) {
            factors = RiskModel.add(factors, rule("noisy", Priority.WARNING));
        }

        assertThat(RiskModel.score(factors)).isCloseTo(20, within(0.01));
        assertThat(factors.get(0).getCount()).isEqualTo(1000);
    }

    @Test
    void aGapAddsNoRisk() {
        assertThat(RiskModel.base(signal(SignalKind.GAP, Priority.WARNING))).isZero();
    }

    @Test
    void riskHalvesInTheHalfLifeAndIsForgottenInTheEnd() {
        List<RiskFactor> factors = RiskModel.add(List.of(), rule("a", Priority.ALERT));

        assertThat(RiskModel.score(model.decayed(factors, HOUR))).isCloseTo(10, within(1e-9));
        assertThat(RiskModel.score(model.decayed(factors, 2 * HOUR))).isCloseTo(5, within(1e-9));
        assertThat(model.decayed(factors, 10 * HOUR)).isEmpty();
    }

    @Test
    void aFullScoreDecaysLikeItsFactors() {
        List<RiskFactor> factors = List.of();
        for (int i = 0; i < 5; i++) {
            factors = RiskModel.add(factors, rule("rule " + i, Priority.EMERGENCY));
        }

        assertThat(RiskModel.score(factors)).isCloseTo(100, within(1e-9));
        assertThat(RiskModel.score(model.decayed(factors, HOUR))).isCloseTo(50, within(1e-9));
    }

    @Test
    void theFactorsOfAWorkloadAreBounded() {
        List<RiskFactor> factors = List.of();
        for (int i = 0; i < 100; i++) {
            factors = RiskModel.add(factors, rule("rule " + i, Priority.EMERGENCY));
        }

        assertThat(factors).hasSize(RiskModel.FACTORS);
        assertThat(RiskModel.score(factors)).isLessThanOrEqualTo(100);
    }

    @Test
    void theTimeToTheNextLevelIsWhenDecayReachesIt() {
        long nanos = model.nanosUntil(88, RiskModel.floor(RiskLevel.CRITICAL));

        double then = 88 * Math.pow(0.5, nanos / (double) HOUR);

        assertThat(RiskModel.level(then)).isEqualTo(RiskLevel.HIGH);
        assertThat(then).isCloseTo(80, within(0.01));
    }

    private static RiskFactor rule(String name, Priority priority) {
        return new RiskFactor("rule", name, RiskModel.base(signal(SignalKind.RULE, priority)), "…", "id", 1, 0L, List.of(), false);
    }

    private static RiskFactor drift(String name) {
        return new RiskFactor("drift", name, RiskModel.base(signal(SignalKind.DRIFT, Priority.NOTICE)), "…", "id", 1,
                0L, List.of(), false);
    }

    private static RiskFactor incident(Priority priority) {
        Incident incident = new Incident();
        incident.setPriority(priority);
        return new RiskFactor("incident", "story", RiskModel.base(incident), "…", "id", 1, 0L, List.of(), false);
    }

    private static Signal signal(SignalKind kind, Priority priority) {
        Signal signal = new Signal();
        signal.setKind(kind);
        signal.setPriority(priority);
        return signal;
    }
}
