package io.kubeguardian.ml.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.ModelSettings;
import org.junit.jupiter.api.Test;

class AdaptiveThresholdTest {
    private final AdaptiveThreshold threshold =
            new AdaptiveThreshold(new ModelSettings(true, 60, 5, 20, 0.05, 0.4, 0.8, false, 10));
    private final ScoreHistory history = new ScoreHistory();

    @Test
    void beforeThereAreEnoughWindowsNothingIsAnAnomaly() {
        learn(0.1, 19);

        assertThat(threshold.isAnomaly(history, 0.99)).isFalse();
        learn(0.1, 1);
        assertThat(threshold.isAnomaly(history, 0.99)).isTrue();
    }

    @Test
    void itFollowsTheWorkloadBetweenTheBounds() {
        learn(0.1, 30);
        assertThat(threshold.of(history)).isEqualTo(0.4);

        ScoreHistory noisy = new ScoreHistory();
        for (int i = 0; i < 100; i++) {
            threshold.learn(noisy, 0.5 + 0.001 * i);
        }
        assertThat(threshold.of(noisy)).isBetween(0.5, 0.6);
        assertThat(noisy.thresholdChanges).isPositive();
    }

    @Test
    void anAttackThatGoesOnRaisesItNeverOverTheUpperBound() {
        learn(0.1, 30);

        int told = 0;
        for (int i = 0; i < 1000; i++) {
            told += threshold.isAnomaly(history, 0.95) ? 1 : 0;
            threshold.learn(history, 0.95);
        }

        assertThat(told).isEqualTo(1000);
        assertThat(threshold.of(history)).isLessThanOrEqualTo(0.8);
        assertThat(history.scores).hasSizeLessThanOrEqualTo(ScoreHistory.KEPT);
    }

    @Test
    void smallMovesAreNotMade() {
        learn(0.5, 50);
        long changes = history.thresholdChanges;
        learn(0.51, 10);

        assertThat(history.thresholdChanges).isEqualTo(changes);
    }

    private void learn(double score, int windows) {
        for (int i = 0; i < windows; i++) {
            threshold.learn(history, score);
        }
    }
}
