package io.kubeguardian.ml.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class KneserNeyTest {
    /** By hand, for 0 1 0 1 with two words: floor 1/3, discount 1/2. */
    @Test
    void aBigramIsDiscountedAndFilledUpFromTheContinuationCounts() {
        KneserNey model = new KneserNey(new int[][] {{0, 1, 0, 1}}, 2, 2, 0.5);

        double[] surprise = model.surprise(new int[] {0, 1, 1});

        // Unigrams count continuations: 0 came first and after 1, 1 after 0: counts 2 and 1, both types once.
        double zero = (2 - 0.5 + 0.5 * 2 / 3.0) / 3;
        double one = (1 - 0.5 + 0.5 * 2 / 3.0) / 3;
        assertThat(Math.exp(-surprise[0])).isCloseTo(zero, within(1e-9));
        // After 0 came 1 twice; after 1 came 0 once and never 1.
        assertThat(Math.exp(-surprise[1])).isCloseTo((2 - 0.5 + 0.5 * one) / 2, within(1e-9));
        assertThat(Math.exp(-surprise[2])).isCloseTo(0.5 * one / 1, within(1e-9));
    }

    @Test
    void probabilitiesOfAllCallsSumToOne() {
        KneserNey model = new KneserNey(new int[][] {{0, 1, 2, 0, 1, 2, 2, 1}, {2, 0}}, 3, 4, 0.75);

        double sum = 0;
        for (int next = 0; next <= 3; next++) { // three known calls and the unknown one
            sum += Math.exp(-model.surprise(new int[] {0, 1, next})[2]);
        }

        assertThat(sum).isCloseTo(1, within(1e-9));
    }

    @Test
    void aLoopThatRunsLongerMakesAForeignCallAfterItNoLessSurprising() {
        int[] loop = new int[400];
        for (int i = 0; i < loop.length; i++) {
            loop[i] = i % 2;
        }
        KneserNey once = new KneserNey(new int[][] {{0, 1, 0, 1}, {2, 3}}, 4, 3, 0.75);
        KneserNey often = new KneserNey(new int[][] {loop, {2, 3}}, 4, 3, 0.75);

        // In a new context the shorter one decides, and that counts kinds of predecessors.
        double short3 = once.surprise(new int[] {3, 3})[1];
        double long3 = often.surprise(new int[] {3, 3})[1];

        assertThat(long3).isCloseTo(short3, within(0.2));
    }

    @Test
    void manyCountsKeepTheirKeysApart() {
        CountTable table = new CountTable();
        for (int round = 0; round < 3; round++) {
            for (long key = -50_000; key < 50_000; key++) {
                assertThat(table.increment(key * 0x9E3779B97F4A7C15L)).isEqualTo(round);
            }
        }
        assertThat(table.get(123L * 0x9E3779B97F4A7C15L)).isEqualTo(3);
        assertThat(table.get(77)).isZero();
    }
}
