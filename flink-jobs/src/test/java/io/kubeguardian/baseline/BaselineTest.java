package io.kubeguardian.baseline;

import static io.kubeguardian.baseline.Baseline.Verdict.DRIFT;
import static io.kubeguardian.baseline.Baseline.Verdict.OVERFLOW;
import static io.kubeguardian.baseline.Baseline.Verdict.TOO_MANY;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.ProfilePhase;
import org.junit.jupiter.api.Test;

class BaselineTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = 1_790_000_000L * SECOND;

    private final Baseline baseline = new Baseline(BaselineHarness.detection(16), BaselineHarness.baseline());
    private final WorkloadBaseline workload = new WorkloadBaseline();
    private final ImageBaseline image = new ImageBaseline();

    @Test
    void itLearnsWhileItIsYoungHoweverQuiet() {
        news(0);

        assertThat(judges(59)).isFalse();
        assertThat(image.phase()).isEqualTo(ProfilePhase.LEARNING);
    }

    @Test
    void itLearnsWhileThereIsNewsHoweverOld() {
        news(0);
        news(55);

        assertThat(judges(84)).isFalse();
    }

    @Test
    void timeAloneNeverMakesItReady() {
        for (int second = 0; second < 10_000; second += 20) {
            assertThat(judges(second)).isFalse();
            news(second);
        }
    }

    @Test
    void itIsReadyWhenItIsBothOldAndQuietAndThenJudges() {
        news(0);
        news(55);

        assertThat(judges(86)).isTrue();
        assertThat(image.phase()).isEqualTo(ProfilePhase.READY);
        assertThat(image.readySince).isEqualTo(START + 85 * SECOND);
    }

    @Test
    void asManyNewItemsAnHourAsAllowedDoNotHoldItBack() {
        Baseline hourly = new Baseline(BaselineHarness.detection(16, 3600, 1800), BaselineHarness.baseline(4));

        // Four an hour are two in each half hour.
        for (int second = 0; second <= 3600; second += 900) {
            hourly.seen(image, START + second * SECOND);
            hourly.learned(image, START + second * SECOND);
        }

        assertThat(hourly.readyAt(image)).isEqualTo(START + 3600 * SECOND);
        hourly.learned(image, START + 3500 * SECOND);
        assertThat(hourly.readyAt(image)).isEqualTo(START + (2700 + 1800) * SECOND);
    }

    @Test
    void whatHappenedBeforeItWasReadyIsLearnedEvenIfItComesLate() {
        news(0);
        judges(100);

        assertThat(image.phase()).isEqualTo(ProfilePhase.READY);
        assertThat(baseline.judges(image, START + 20 * SECOND)).isFalse();
    }

    @Test
    void newItemsOutOfOrderLeadToTheSameTime() {
        news(0);
        news(50);
        news(20);
        news(40);

        assertThat(baseline.readyAt(image)).isEqualTo(START + 80 * SECOND);
    }

    @Test
    void aSaturatedKindIsNotJudged() {
        image.saturated.put("exec", 1L);

        assertThat(baseline.drift(workload, image, ItemKind.EXEC)).isEqualTo(OVERFLOW);
        assertThat(baseline.drift(workload, image, ItemKind.CONNECT)).isEqualTo(DRIFT);
        assertThat(image.saturated).containsEntry("exec", 2L);
    }

    @Test
    void driftIsBoundedAndSaysSoOnce() {
        for (int i = 0; i < 16; i++) {
            assertThat(baseline.drift(workload, image, ItemKind.EXEC)).isEqualTo(DRIFT);
        }

        assertThat(baseline.drift(workload, image, ItemKind.EXEC)).isEqualTo(TOO_MANY);
        assertThat(baseline.drift(workload, image, ItemKind.EXEC)).isEqualTo(OVERFLOW);
        assertThat(baseline.drift(workload, image, ItemKind.CONNECT)).isEqualTo(DRIFT);
    }

    private void news(long second) {
        baseline.seen(image, START + second * SECOND);
        baseline.learned(image, START + second * SECOND);
    }

    private boolean judges(long second) {
        long time = START + second * SECOND;
        baseline.seen(image, time);
        baseline.advance(image, time);
        return baseline.judges(image, time);
    }
}
