package io.kubeguardian.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.PostureFinding;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RiskModelTest {
    private static final long HOUR = 3600L * 1_000_000_000L;

    private static int nextId;

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
    void aFullScoreDecaysLikeItsFactorsAndWhatStandsDoesNotDecay() {
        List<RiskFactor> factors = RiskModel.posture(List.of(), posture("high", 2));
        for (int i = 0; i < 5; i++) {
            factors = RiskModel.add(factors, rule("rule " + i, Priority.EMERGENCY));
            factors = RiskModel.add(factors, incident(Priority.CRITICAL));
        }

        assertThat(RiskModel.score(factors)).isCloseTo(100, within(1e-9));
        assertThat(RiskModel.standing(factors)).isCloseTo(6, within(1e-9));
        assertThat(RiskModel.score(model.decayed(factors, HOUR))).isCloseTo(6 + 94 / 2.0, within(1e-9));
    }

    @Test
    void noNumberOfNoticesMakesAWorkloadCritical() {
        List<RiskFactor> factors = List.of();
        for (int i = 0; i < 1000; i++) {
            factors = RiskModel.add(factors, rule("notice " + i % 100, Priority.NOTICE));
        }

        assertThat(RiskModel.score(factors)).isLessThanOrEqualTo(60);
        assertThat(RiskModel.level(RiskModel.score(factors))).isNotEqualTo(RiskLevel.CRITICAL);
    }

    @Test
    void anIncidentThatGrowsReplacesItselfAndASecondOneAdds() {
        RiskFactor first = incident(Priority.WARNING);
        List<RiskFactor> factors = RiskModel.add(List.of(), first);
        double once = RiskModel.score(factors);
        for (int i = 0; i < 50; i++) {
            factors = RiskModel.add(factors, first);
        }
        assertThat(RiskModel.score(factors)).isCloseTo(once, within(1e-9));
        assertThat(factors.get(0).getCount()).isEqualTo(1);

        // grown graver, and decayed in between
        RiskFactor graver = RiskFactor.newBuilder(incident(Priority.CRITICAL)).setEvidenceId(first.getEvidenceId())
                .setEvidenceIds(first.getEvidenceIds()).build();
        factors = RiskModel.add(model.decayed(factors, HOUR), graver);
        assertThat(RiskModel.score(factors)).isCloseTo(65, within(1e-9));
        assertThat(factors.get(0).getCount()).isEqualTo(1);

        factors = RiskModel.add(factors, incident(Priority.CRITICAL));
        assertThat(RiskModel.score(factors)).isBetween(66.0, 90.0);
        assertThat(factors.get(0).getCount()).isEqualTo(2);
    }

    @Test
    void whateverComesNeverLowersTheScoreAndTheFactorsAddUpToIt() {
        Random random = new Random(11);
        List<RiskFactor> factors = RiskModel.posture(List.of(), posture("critical", 9));
        for (int i = 0; i < 3_000; i++) {
            String kind = List.of("rule", "drift", "anomaly", "intel", "incident").get(random.nextInt(5));
            double before = RiskModel.score(factors);

            factors = RiskModel.add(factors, factor(kind, kind + random.nextInt(12), random.nextDouble() * 65));

            double after = RiskModel.score(factors);
            assertThat(after).isBetween(before - 1e-9, 100.0);
            assertThat(factors.stream().mapToDouble(RiskFactor::getPoints).sum()).isCloseTo(after, within(1e-9));
            for (String one : List.of("rule", "drift", "anomaly", "intel", "incident", "posture")) {
                double most = RiskModel.most(one);
                assertThat(factors.stream().filter(f -> f.getKind().equals(one)).mapToDouble(RiskFactor::getPoints).sum())
                        .isLessThanOrEqualTo(most + 1e-9);
            }
            if (i % 7 == 0) {
                List<RiskFactor> later = model.decayed(factors, random.nextInt(2_000) * 1_000_000_000L);
                assertThat(RiskModel.score(later)).isLessThanOrEqualTo(after + 1e-9);
                factors = later;
            }
        }
    }

    @Test
    void everySortOfSignalCountsByWhatItSays() {
        Signal rare = signal(SignalKind.DRIFT, Priority.NOTICE);
        rare.setScore(1.0);
        Signal anomaly = signal(SignalKind.ANOMALY, Priority.NOTICE);
        anomaly.setScore(0.75);
        Signal intel = signal(SignalKind.INTEL, Priority.CRITICAL);
        intel.setScore(0.8);

        assertThat(RiskModel.base(signal(SignalKind.DRIFT, Priority.NOTICE))).isEqualTo(3);
        assertThat(RiskModel.base(rare)).isEqualTo(4.5);
        assertThat(RiskModel.base(anomaly)).isEqualTo(15);
        assertThat(RiskModel.base(intel)).isEqualTo(32);
        assertThat(List.of(rare, anomaly, intel)).extracting(RiskModel::kind).containsExactly("drift", "anomaly", "intel");
    }

    @Test
    void whatAdmissionFindsStandsInThePlaceOfWhatItFoundBefore() {
        List<RiskFactor> factors = RiskModel.posture(List.of(), posture("high", 3));
        assertThat(RiskModel.score(factors)).isCloseTo(9, within(1e-9));
        assertThat(factors.get(0).getReason()).startsWith("3 high findings of admission: check-0, check-1");

        factors = RiskModel.posture(factors, posture("low", 1));
        assertThat(RiskModel.score(factors)).isCloseTo(0.3, within(1e-9));

        assertThat(RiskModel.posture(factors, posture("high", 0))).isEmpty();
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
        return factor("rule", name, RiskModel.base(signal(SignalKind.RULE, priority)));
    }

    private static RiskFactor drift(String name) {
        return factor("drift", name, RiskModel.base(signal(SignalKind.DRIFT, Priority.NOTICE)));
    }

    private static RiskFactor incident(Priority priority) {
        Incident incident = new Incident();
        incident.setPriority(priority);
        return factor("incident", "story", RiskModel.base(incident));
    }

    private static RiskFactor factor(String kind, String name, double points) {
        String id = "id-" + nextId++;
        return new RiskFactor(kind, name, points, "…", id, 1, 0L, List.of(id), false);
    }

    private static Posture posture(String severity, int count) {
        return new Posture(new WorkloadRef("c", "n", "Deployment", "d"), IntStream.range(0, count)
                .mapToObj(i -> new PostureFinding("check-" + i, severity, "")).toList(), 7L);
    }

    private static Signal signal(SignalKind kind, Priority priority) {
        Signal signal = new Signal();
        signal.setKind(kind);
        signal.setPriority(priority);
        return signal;
    }
}
