package io.kubeguardian.webhook;

import static io.kubeguardian.webhook.Reviews.NOW;
import static io.kubeguardian.webhook.Reviews.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskScore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WorkloadRiskTest {
    @ParameterizedTest
    @CsvSource({"-3600, 80", "0, 80", "1800, 56.568", "3600, 40", "7200, 20", "3600000, 0"})
    void theScoreHalvesWithEveryHalfLife(long secondsLater, double expected) throws Exception {
        WorkloadRisk risk = WorkloadRisk.of(ORDERS, Reviews.risk(80, NOW));

        double score = risk.scoreAt(Nanos.of(NOW.plusSeconds(secondsLater)));

        assertThat(score).isCloseTo(expected, within(0.001));
    }

    @ParameterizedTest
    @CsvSource({"40, 3600", "20, 7200", "80, 0", "90, 0", "0, Infinity"})
    void theTimeUntilAThresholdFollowsFromTheHalfLife(double threshold, double seconds) throws Exception {
        WorkloadRisk risk = WorkloadRisk.of(ORDERS, Reviews.risk(80, NOW));

        assertThat(risk.secondsUntil(threshold, Nanos.of(NOW))).isEqualTo(seconds, within(0.001));
    }

    @Test
    void onlyTheWeightiestFactorsAreKeptOnOneLineEach() throws Exception {
        RiskScore record = Reviews.risk(80, NOW);
        List<RiskFactor> factors = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            factors.add(new RiskFactor("rule", "r" + i, (double) i, "line\nbreak\u001b[2J" + "x".repeat(1000), "s", 1, 0L, List.of(), false));
        }
        record.setFactors(factors);

        WorkloadRisk risk = WorkloadRisk.of(ORDERS, record);

        assertThat(risk.factors()).extracting(WorkloadRisk.Factor::name).containsExactly("r7", "r6", "r5", "r4", "r3");
        assertThat(risk.otherFactors()).isEqualTo(3);
        assertThat(risk.factors().getFirst().reason()).hasSize(200).startsWith("line break [2Jx").endsWith("…");
    }

    @ParameterizedTest
    @MethodSource
    void aRecordThatContradictsItselfIsMalformed(String key, Consumer<RiskScore> change, String expected) {
        RiskScore record = Reviews.risk(80, NOW);
        change.accept(record);

        assertThatThrownBy(() -> WorkloadRisk.of(key, record))
                .isInstanceOf(MalformedRecordException.class).hasMessageContaining(expected);
    }

    static Stream<Arguments> aRecordThatContradictsItselfIsMalformed() {
        return Stream.of(
                row("prod/shop/Deployment/other", "another key", r -> {}, "key is not that of the record's workload"),
                row(ORDERS, "NaN", r -> r.setScore(Double.NaN), "score is NaN"),
                row(ORDERS, "negative", r -> r.setScore(-1), "score is -1.0"),
                row(ORDERS, "too high", r -> r.setScore(100.5), "score is 100.5"),
                row(ORDERS, "no half-life", r -> r.setHalfLifeSeconds(0), "halfLifeSeconds is 0"));
    }

    private static Arguments row(String key, String name, Consumer<RiskScore> change, String expected) {
        return Arguments.of(key, Named.of(name, change), expected);
    }

    @Test
    void theViewIsBoundedAndDropsTheLowestRiskFirst() throws Exception {
        WebhookMetrics metrics = new WebhookMetrics();
        RiskView view = new RiskView(32, metrics);
        for (int i = 0; i < 32; i++) {
            view.put("w" + i, WorkloadRisk.of(ORDERS, Reviews.risk(50 + i, NOW)), Nanos.of(NOW));
        }

        view.put("new", WorkloadRisk.of(ORDERS, Reviews.risk(99, NOW)), Nanos.of(NOW));

        assertThat(view.size()).isEqualTo(31);
        assertThat(view.get("w0")).isNull();
        assertThat(view.get("w1")).isNull();
        assertThat(view.get("w2")).isNotNull();
        assertThat(view.get("new")).isNotNull();
        assertThat(metrics.riskDropped.labels("limit").get()).isEqualTo(2);
    }

    @Test
    void whatHasDecayedToNothingIsDropped() throws Exception {
        WebhookMetrics metrics = new WebhookMetrics();
        RiskView view = new RiskView(32, metrics);
        view.put("old", WorkloadRisk.of(ORDERS, Reviews.risk(80, NOW.minus(Duration.ofHours(10)))), Nanos.of(NOW));
        view.put("new", WorkloadRisk.of(ORDERS, Reviews.risk(80, NOW)), Nanos.of(NOW));

        view.expire(Nanos.of(NOW));

        assertThat(view.get("old")).isNull();
        assertThat(view.get("new")).isNotNull();
        assertThat(metrics.riskDropped.labels("decayed").get()).isEqualTo(1);
    }
}
