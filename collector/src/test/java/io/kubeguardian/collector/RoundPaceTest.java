package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundPaceTest {
    private static final long MILLI = 1_000_000;

    private long now = Long.MAX_VALUE - 50 * MILLI; // nanoTime may go round

    private int next(RoundPace pace) {
        int millis = pace.await(now);
        now += millis * MILLI;
        pace.round(now);
        return millis;
    }

    @Test
    void whatComesAfterAPauseIsFetchedSoonAndWhatGoesOnAtThePace() {
        RoundPace pace = new RoundPace(100, now);
        now += 5_000 * MILLI; // a pause gives no more in hand than a short one

        for (int round = 0; round < RoundPace.IN_HAND; round++) {
            assertThat(next(pace)).isEqualTo(RoundPace.GATHER_MILLIS);
        }
        next(pace); // part of this one was earned meanwhile
        for (int round = 0; round < 50; round++) {
            assertThat(next(pace)).isEqualTo(100);
        }
    }

    @Test
    void inALongRunThereIsOneRoundAPace() {
        RoundPace pace = new RoundPace(100, now);
        long start = now;
        int rounds = 0;
        while (now - start < 60_000 * MILLI) {
            next(pace);
            rounds++;
            if (rounds % 7 == 0) {
                now += 130 * MILLI; // nothing to do for a while
            }
        }

        assertThat(rounds).isBetween(550, 600 + RoundPace.IN_HAND);
    }

    @Test
    void aPauseGivesRoundsBack() {
        RoundPace pace = new RoundPace(100, now);
        for (int round = 0; round < 40; round++) {
            next(pace);
        }
        now += 500 * MILLI;

        for (int round = 0; round < 5; round++) {
            assertThat(next(pace)).isEqualTo(RoundPace.GATHER_MILLIS);
        }
        next(pace);
        assertThat(next(pace)).isEqualTo(100);
    }

    @Test
    void roundsThatOthersAskForPutTheNextOffByThePaceAtMost() {
        RoundPace pace = new RoundPace(100, now);
        for (int round = 0; round < 1_000; round++) {
            now += 20 * MILLI;
            pace.round(now);
        }

        assertThat(next(pace)).isEqualTo(100);
    }

    @Test
    void aPaceShorterThanTheGatheringIsKept() {
        RoundPace pace = new RoundPace(3, now);
        for (int round = 0; round < 40; round++) {
            next(pace);
        }

        assertThat(next(pace)).isEqualTo(3);
    }
}
