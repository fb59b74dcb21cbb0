package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.LossCause;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final long EPOCH = 1000;
    private static final long DEADLINE = 50;

    private final Ledger ledger = new Ledger();

    @Test
    void whatCameBeforeTheJobIsNotMissing() {
        enter(EPOCH, 7, 100, DEADLINE);

        assertThat(ledger.expire(Long.MAX_VALUE - 1)).isZero();
        assertThat(ledger.completeness().getComplete()).isTrue();
    }

    @Test
    void aRepeatIsKnown() {
        enter(EPOCH, 0, 0, DEADLINE);
        enter(EPOCH, 1, 0, DEADLINE);

        assertThat(enter(EPOCH, 1, 0, DEADLINE)).isFalse();
        assertThat(enter(EPOCH, 0, 0, DEADLINE)).isFalse();
    }

    @Test
    void aHoleCountsOnlyAfterItsDeadline() {
        enter(EPOCH, 0, 0, DEADLINE);
        enter(EPOCH, 3, 0, DEADLINE);

        assertThat(ledger.nextDeadline()).isEqualTo(DEADLINE);
        assertThat(ledger.expire(DEADLINE - 1)).isZero();
        assertThat(ledger.expire(DEADLINE)).isEqualTo(2);
        assertThat(ledger.expire(DEADLINE)).isZero();
        assertThat(ledger.completeness().getMissingBatches()).isEqualTo(2);
    }

    @Test
    void batchesOutOfOrderFillTheirHole() {
        enter(EPOCH, 0, 0, DEADLINE);
        for (long sequence : new long[] {5, 2, 4, 1, 3}) {
            assertThat(enter(EPOCH, sequence, 0, DEADLINE)).isTrue();
        }

        assertThat(ledger.expire(DEADLINE)).isZero();
        assertThat(enter(EPOCH, 3, 0, DEADLINE)).isFalse();
    }

    @Test
    void aBatchThatWasGivenUpAndStillComesIsTakenAndNoLongerMissing() {
        enter(EPOCH, 0, 0, DEADLINE);
        enter(EPOCH, 2, 0, DEADLINE);
        ledger.expire(DEADLINE);

        assertThat(enter(EPOCH, 1, 0, DEADLINE)).isTrue();
        assertThat(ledger.completeness().getComplete()).isTrue();
    }

    @Test
    void onlyGrowthOfTheLossCountersIsALossOfThisPod() {
        enter(EPOCH, 0, 100, DEADLINE);
        enter(EPOCH, 1, 100, DEADLINE);
        assertThat(ledger.completeness().getComplete()).isTrue();

        enter(EPOCH, 2, 112, DEADLINE);

        assertThat(ledger.completeness().getComplete()).isFalse();
        assertThat(ledger.completeness().getLostEvents()).isEqualTo(12);
    }

    @Test
    void aRestartedCollectorBeginsAtZeroAndWhatItsFirstBatchLacksIsMissing() {
        enter(EPOCH, 0, 100, DEADLINE);

        enter(EPOCH + 1, 2, 5, DEADLINE);

        assertThat(ledger.lostEvents).isEqualTo(5);
        assertThat(ledger.expire(DEADLINE)).isEqualTo(2);
    }

    @Test
    void itsMemoryIsBoundedHoweverBadTheStream() {
        for (int i = 0; i < 1000; i++) {
            enter(EPOCH, i * 2L, 0, DEADLINE);
        }
        for (int i = 0; i < 100; i++) {
            enter(EPOCH + i, 0, 0, DEADLINE);
        }

        assertThat(ledger.epochs).hasSizeLessThanOrEqualTo(Ledger.EPOCHS);
        assertThat(ledger.epochs).allSatisfy(e -> assertThat(e.holes).hasSizeLessThanOrEqualTo(Ledger.HOLES));
        assertThat(ledger.missingBatches).isEqualTo(999 - Ledger.HOLES);
    }

    @Test
    void aCrashBeforeAnEpochIsKnownAndAnOrderlyEndIsNone() {
        enter(EPOCH, 0, 0, DEADLINE);
        ledger.enter(batch(EPOCH + 1, 0, 0, EPOCH, 0), DEADLINE);
        ledger.enter(batch(EPOCH + 1, 1, 0, EPOCH, 0), DEADLINE);
        ledger.enter(batch(EPOCH + 2, 0, 0, 0, 0), DEADLINE);

        assertThat(ledger.crashes).isEqualTo(1);
        assertThat(ledger.completeness().getComplete()).isFalse();
    }

    @Test
    void aCrashBeforeTheJobKnewThePodIsNoneOfIts() {
        ledger.enter(batch(EPOCH + 1, 0, 0, EPOCH, 500), DEADLINE);

        assertThat(ledger.crashes).isZero();
        assertThat(ledger.completeness().getComplete()).isTrue();
    }

    @Test
    void aRestartThatGoesOnWithTheNumbersIsNoHoleAndItsTimeIsTold() {
        enter(EPOCH, 0, 3, DEADLINE);

        ledger.enter(batch(EPOCH, 1, 3, 0, 2_500), DEADLINE);
        ledger.enter(batch(EPOCH, 2, 3, 0, 2_500), DEADLINE);

        assertThat(ledger.expire(DEADLINE)).isZero();
        assertThat(ledger.lostEvents).isZero();
        assertThat(ledger.unwatchedMillis).isEqualTo(2_500);
        assertThat(ledger.completeness().getComplete()).isFalse();
    }

    private boolean enter(long epoch, long sequence, long lossTotal, long deadline) {
        return ledger.enter(batch(epoch, sequence, lossTotal, 0, 0), deadline);
    }

    private static EventBatch batch(long epoch, long sequence, long lossTotal, long previousEpoch, long unwatchedMillis) {
        return EventBatch.newBuilder().setCluster("").setNode("").setBootId("").setEpoch(epoch).setNodeSequence(0)
                .setPodSequence(sequence).setPodUid("").setBaseTime(0).setStrings(List.of("")).setProcesses(List.of())
                .setLosses(lossTotal == 0 ? List.of() : List.of(new Loss(EventClass.BULK, LossCause.RING_FULL, lossTotal)))
                .setPreviousEpoch(previousEpoch).setUnwatchedMillis(unwatchedMillis).build();
    }
}
