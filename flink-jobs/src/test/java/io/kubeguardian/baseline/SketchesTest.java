package io.kubeguardian.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class SketchesTest {
    private static final long WEEK = 7L * 24 * 3600 * 1_000_000_000L;
    private static final long NOW = 2_900 * WEEK;

    @Test
    void theCountMinSketchNeverCountsTooLittleAndSeldomTakesTheNewForTheKnown() {
        CountMin sketch = new CountMin();
        for (int i = 0; i < CountMin.MOST; i++) {
            sketch.add("file|/data/" + i, 1 + i % 3);
        }

        int wrong = 0;
        for (int i = 0; i < CountMin.MOST; i++) {
            assertThat(sketch.count("file|/data/" + i)).isGreaterThanOrEqualTo(1 + i % 3);
            wrong += sketch.count("file|/other/" + i) > 0 ? 1 : 0;
        }
        assertThat(wrong).isLessThan(CountMin.MOST * 8 / 100); // (1 - e^(-1300/2048))^4 = 5 %
        assertThat(sketch.distinct()).isCloseTo(CountMin.MOST, Percentage.withPercentage(10));
    }

    @Test
    void podsAreCountedExactlyWhileTheyAreFewAndCloselyWhenTheyAreMany() {
        PodSet pods = new PodSet();
        for (int i = 0; i < PodSet.FEW; i++) {
            assertThat(pods.add(PodSet.hash("pod-" + i), NOW)).isTrue();
            assertThat(pods.add(PodSet.hash("pod-" + i), NOW)).isFalse();
        }
        assertThat(pods.count()).isEqualTo(PodSet.FEW);

        for (int i = 0; i < 3_214; i++) {
            pods.add(PodSet.hash("pod-" + i), NOW);
        }

        assertThat(pods.count()).isCloseTo(3_214, Percentage.withPercentage(7)); // three standard errors
    }

    @Test
    void podsOfTheWeekBeforeCountAndOlderOnesDoNot() {
        PodSet pods = new PodSet();
        pods.add(PodSet.hash("old"), NOW);
        pods.add(PodSet.hash("both"), NOW);
        pods.add(PodSet.hash("both"), NOW + WEEK);
        pods.add(PodSet.hash("late"), NOW); // of the week before, but told in this one
        assertThat(pods.count()).isEqualTo(3);

        pods.add(PodSet.hash("new"), NOW + 2 * WEEK);

        assertThat(pods.count()).isEqualTo(2);
        pods.add(PodSet.hash("new"), NOW + 9 * WEEK);
        assertThat(pods.count()).isEqualTo(1);
    }

    @Test
    void orderChangesNothing() {
        PodSet forwards = new PodSet();
        PodSet backwards = new PodSet();
        for (int i = 0; i < 500; i++) {
            forwards.add(PodSet.hash("pod-" + i), NOW);
            backwards.add(PodSet.hash("pod-" + (499 - i)), NOW);
        }

        assertThat(forwards.now.registers).isEqualTo(backwards.now.registers);
    }
}
