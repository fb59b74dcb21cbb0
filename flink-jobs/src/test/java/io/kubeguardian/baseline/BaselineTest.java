package io.kubeguardian.baseline;

import static io.kubeguardian.baseline.Baseline.Verdict.DRIFT;
import static io.kubeguardian.baseline.Baseline.Verdict.LEARNED;
import static io.kubeguardian.baseline.Baseline.Verdict.OVERFLOW;
import static io.kubeguardian.baseline.Baseline.Verdict.SATURATED;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BaselineTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = 1_790_000_000L * SECOND;

    private final Baseline baseline = new Baseline(60, 30, 3);
    private final BaselineState state = new BaselineState();

    @Test
    void itLearnsWhileItIsYoungHoweverQuiet() {
        meet(0);

        assertThat(meet(59)).isEqualTo(LEARNED);
        assertThat(state.phase()).isEqualTo("learning");
    }

    @Test
    void itLearnsWhileThereIsNewsHoweverOld() {
        meet(0);
        meet(55);

        assertThat(meet(84)).isEqualTo(LEARNED);
    }

    @Test
    void itIsReadyWhenItIsBothOldAndQuietAndThenJudges() {
        meet(0);
        meet(55);

        assertThat(meet(86)).isEqualTo(DRIFT);
        assertThat(state.phase()).isEqualTo("ready");
        assertThat(state.readySince).isEqualTo(START + 85 * SECOND);
        assertThat(state.learned).containsEntry("exec", 2);
    }

    @Test
    void whatHappenedBeforeItWasReadyIsLearnedEvenIfItComesLate() {
        meet(0);
        meet(100);

        assertThat(state.phase()).isEqualTo("ready");
        assertThat(meet(20)).isEqualTo(LEARNED);
    }

    @Test
    void aSaturatedKindSaysSoOnceAndJudgesNoMore() {
        meet(0);
        meet(1);
        meet(2);

        assertThat(meet(3)).isEqualTo(SATURATED);
        assertThat(meet(4)).isEqualTo(OVERFLOW);
        assertThat(meet(500)).isEqualTo(OVERFLOW);
        assertThat(state.overflow).containsEntry("exec", 3L);
    }

    @Test
    void driftIsBoundedTooAndSaysSoOnce() {
        meet(0);
        meet(200);
        meet(201);
        meet(202);

        assertThat(meet(203)).isEqualTo(SATURATED);
        assertThat(meet(204)).isEqualTo(OVERFLOW);
    }

    @Test
    void tooMuchDriftOfOneKindDoesNotHideThatOfAnother() {
        meet(0);
        for (int i = 0; i < 10; i++) {
            meet(200 + i);
        }

        assertThat(baseline.meet(state, "connect", START + 300 * SECOND)).isEqualTo(DRIFT);
    }

    private Baseline.Verdict meet(long second) {
        long time = START + second * SECOND;
        baseline.advance(state, time);
        return baseline.meet(state, "exec", time);
    }
}
