package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final long EPOCH = 1000;
    private static final long DEADLINE = 50;

    private final Ledger ledger = new Ledger();

    @Test
    void whatCameBeforeTheJobIsNotMissing() {
        ledger.enter(EPOCH, 7, 100, DEADLINE);

        assertThat(ledger.expire(Long.MAX_VALUE - 1)).isZero();
        assertThat(ledger.completeness().getComplete()).isTrue();
    }

    @Test
    void aRepeatIsKnown() {
        ledger.enter(EPOCH, 0, 0, DEADLINE);
        ledger.enter(EPOCH, 1, 0, DEADLINE);

        assertThat(ledger.enter(EPOCH, 1, 0, DEADLINE)).isFalse();
        assertThat(ledger.enter(EPOCH, 0, 0, DEADLINE)).isFalse();
    }

    @Test
    void aHoleCountsOnlyAfterItsDeadline() {
        ledger.enter(EPOCH, 0, 0, DEADLINE);
        ledger.enter(EPOCH, 3, 0, DEADLINE);

        assertThat(ledger.nextDeadline()).isEqualTo(DEADLINE);
        assertThat(ledger.expire(DEADLINE - 1)).isZero();
        assertThat(ledger.expire(DEADLINE)).isEqualTo(2);
        assertThat(ledger.expire(DEADLINE)).isZero();
        assertThat(ledger.completeness().getMissingBatches()).isEqualTo(2);
    }

    @Test
    void batchesOutOfOrderFillTheirHole() {
        ledger.enter(EPOCH, 0, 0, DEADLINE);
        for (long sequence : new long[] {5, 2, 4, 1, 3}) {
            assertThat(ledger.enter(EPOCH, sequence, 0, DEADLINE)).isTrue();
        }

        assertThat(ledger.expire(DEADLINE)).isZero();
        assertThat(ledger.enter(EPOCH, 3, 0, DEADLINE)).isFalse();
    }

    @Test
    void aBatchThatWasGivenUpAndStillComesIsTakenAndNoLongerMissing() {
        ledger.enter(EPOCH, 0, 0, DEADLINE);
        ledger.enter(EPOCH, 2, 0, DEADLINE);
        ledger.expire(DEADLINE);

        assertThat(ledger.enter(EPOCH, 1, 0, DEADLINE)).isTrue();
        assertThat(ledger.completeness().getComplete()).isTrue();
    }

    @Test
    void onlyGrowthOfTheLossCountersIsALossOfThisPod() {
        ledger.enter(EPOCH, 0, 100, DEADLINE);
        ledger.enter(EPOCH, 1, 100, DEADLINE);
        assertThat(ledger.completeness().getComplete()).isTrue();

        ledger.enter(EPOCH, 2, 112, DEADLINE);

        assertThat(ledger.completeness().getComplete()).isFalse();
        assertThat(ledger.completeness().getLostEvents()).isEqualTo(12);
    }

    @Test
    void aRestartedCollectorBeginsAtZeroAndWhatItsFirstBatchLacksIsMissing() {
        ledger.enter(EPOCH, 0, 100, DEADLINE);

        ledger.enter(EPOCH + 1, 2, 5, DEADLINE);

        assertThat(ledger.lostEvents).isEqualTo(5);
        assertThat(ledger.expire(DEADLINE)).isEqualTo(2);
    }

    @Test
    void itsMemoryIsBoundedHoweverBadTheStream() {
        for (int i = 0; i < 1000; i++) {
            ledger.enter(EPOCH, i * 2L, 0, DEADLINE);
        }
        for (int i = 0; i < 100; i++) {
            ledger.enter(EPOCH + i, 0, 0, DEADLINE);
        }

        assertThat(ledger.epochs).hasSizeLessThanOrEqualTo(Ledger.EPOCHS);
        assertThat(ledger.epochs).allSatisfy(e -> assertThat(e.holes).hasSizeLessThanOrEqualTo(Ledger.HOLES));
        assertThat(ledger.missingBatches).isEqualTo(999 - Ledger.HOLES);
    }
}
