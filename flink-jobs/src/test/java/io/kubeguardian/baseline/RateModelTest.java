package io.kubeguardian.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RateModelTest {
    private static final long HOUR = RateModel.HOUR_MILLIS;
    private static final long MIDNIGHT = 24L * 20_000 * HOUR;

    private final RateModel model = new RateModel(BaselineHarness.baseline());
    private final Rates rates = new Rates();

    @Test
    void theBoundIsThatOfTheHourOfTheDayAsSoonAsThereAreEnough() {
        days(0, 4, 0);

        assertThat(model.isMature(rates)).isTrue();
        assertThat(model.usual(rates, 3, Activity.EXECS)).isCloseTo(200, Offset.offset(1.0));
        assertThat(model.usual(rates, 15, Activity.EXECS)).isCloseTo(5_000, Offset.offset(1.0));
        assertThat(model.bound(rates, 3, Activity.EXECS)).isEqualTo(400); // never below twice the mean
        assertThat(model.bound(rates, 15, Activity.EXECS)).isEqualTo(10_000);
    }

    @Test
    void itMovesWithTheWorkloadAndStaysInsideTheOperatorsBounds() {
        days(0, 4, 0);
        double before = model.bound(rates, 15, Activity.EXECS);

        days(4, 30, 2_000);

        double after = model.bound(rates, 15, Activity.EXECS);
        assertThat(after).isGreaterThan(before);
        assertThat(model.usual(rates, 15, Activity.EXECS)).isCloseTo(7_000, Offset.offset(50.0));
        assertThat(after).isBetween(2 * 6_900.0, 20 * 7_000.0);
        assertThat(model.bound(rates, 15, Activity.CHANGES)).isEqualTo(100); // the floor: it never does that
    }

    @Test
    void anAttackDoesNotRaiseTheBoundForItself() {
        days(0, 10, 0);
        double before = model.bound(rates, 3, Activity.EXECS);

        add(10 * 24 + 3, 1_000_000);
        close(10 * 24 + 4);

        // As if the hour had been at its bound: one step of the mean towards it, not to a million.
        assertThat(model.usual(rates, 3, Activity.EXECS)).isLessThanOrEqualTo(200 + 0.2 * before);
    }

    @Test
    void anHourThatBeginsWhileTheOneBeforeIsOpenIsCountedApart() {
        add(1, 10);
        add(2, 5);
        add(1, 10);

        assertThat(rates.counts[Activity.EXECS.ordinal()]).isEqualTo(20);
        close(2);
        assertThat(rates.counts[Activity.EXECS.ordinal()]).isEqualTo(5);
        add(1, 7);
        assertThat(rates.late).isEqualTo(7);
    }

    /** Nights of 200, days of 5,000 and more. */
    private void days(int from, int to, int more) {
        for (int hour = from * 24; hour < to * 24; hour++) {
            int ofDay = hour % 24;
            add(hour, ofDay < 8 ? 200 : 5_000 + more);
            close(hour + 1);
        }
    }

    private void add(int hour, long execs) {
        long[] counts = new long[Activity.COUNT];
        counts[Activity.EXECS.ordinal()] = execs;
        model.add(rates, counts, MIDNIGHT + hour * HOUR + 1);
    }

    private void close(int hour) {
        while (model.isOver(rates, MIDNIGHT + hour * HOUR)) {
            model.close(rates);
        }
    }
}
