package io.kubeguardian.baseline;

import io.kubeguardian.config.BaselineSettings;
import java.util.Arrays;

/**
 * The adaptive bounds of {@link Rates}; pure. Mean and variance are exponentially weighted (West, 1979; weight
 * {@value #WEIGHT} once there are enough hours). The bound is the mean plus {@value #DEVIATIONS} deviations, and never
 * outside what the operator allows: at least mean * rateFactorLeast and rateFloor, at most mean * rateFactorMost. An hour
 * beyond its bound is learned as if it had been at it, so that an attack does not raise the bound for itself.
 */
final class RateModel {
    private static final double WEIGHT = 0.2;
    private static final double DEVIATIONS = 6;
    /** So many of one hour of the day make a row of its own. */
    private static final int ENOUGH = 3;
    static final long HOUR_MILLIS = 3_600_000;

    private final BaselineSettings settings;

    RateModel(BaselineSettings settings) {
        this.settings = settings;
    }

    /** Whether enough was learned to judge. */
    boolean isMature(Rates rates) {
        return rates.hours[Rates.ANY] >= settings.rateHours();
    }

    /** Adds counts. @param millis event time */
    void add(Rates rates, long[] counts, long millis) {
        long hour = Math.floorDiv(millis, HOUR_MILLIS);
        if (rates.hour == 0) {
            rates.hour = hour;
        }
        while (hour > rates.hour + 1) {
            close(rates);
        }
        long[] to = hour == rates.hour ? rates.counts : hour == rates.hour + 1 ? rates.next : null;
        for (int i = 0; i < Activity.COUNT; i++) {
            if (to == null) {
                rates.late += counts[i];
            } else {
                to[i] += counts[i];
            }
        }
    }

    /** Whether the counted hour is over at a time at which nothing of it can come any more. */
    boolean isOver(Rates rates, long millis) {
        return rates.hour != 0 && millis >= (rates.hour + 1) * HOUR_MILLIS;
    }

    /** Learns from the counted hour, and goes on with the next. */
    void close(Rates rates) {
        boolean mature = isMature(rates);
        int ofDay = (int) Math.floorMod(rates.hour, 24L);
        for (Activity activity : Activity.values()) {
            double value = rates.counts[activity.ordinal()];
            if (mature) {
                value = Math.min(value, bound(rates, ofDay, activity));
            }
            learn(rates, ofDay, activity, value);
            learn(rates, Rates.ANY, activity, value);
        }
        rates.hours[ofDay]++;
        rates.hours[Rates.ANY]++;
        rates.counts = rates.next;
        rates.next = new long[Activity.COUNT];
        rates.hour = Arrays.stream(rates.counts).anyMatch(count -> count != 0) ? rates.hour + 1 : 0;
    }

    private static void learn(Rates rates, int row, Activity activity, double value) {
        int cell = row * Activity.COUNT + activity.ordinal();
        double weight = Math.max(WEIGHT, 1.0 / (rates.hours[row] + 1));
        double away = value - rates.means[cell];
        rates.means[cell] += weight * away;
        rates.variances[cell] = (1 - weight) * (rates.variances[cell] + weight * away * away);
    }

    /** The row that an hour of the day is judged by. */
    int row(Rates rates, int ofDay) {
        return rates.hours[ofDay] >= ENOUGH ? ofDay : Rates.ANY;
    }

    /** From how many in an hour on it is a drift. @param ofDay 0 to 23, UTC */
    double bound(Rates rates, int ofDay, Activity activity) {
        return boundOfRow(rates, row(rates, ofDay), activity);
    }

    /** Of a row, however much it was learned from. */
    double boundOfRow(Rates rates, int row, Activity activity) {
        int cell = row * Activity.COUNT + activity.ordinal();
        double mean = rates.means[cell];
        double bound = mean + DEVIATIONS * Math.sqrt(rates.variances[cell]);
        bound = Math.min(Math.max(bound, mean * settings.rateFactorLeast()), mean * settings.rateFactorMost());
        return Math.max(bound, settings.rateFloor());
    }

    double usual(Rates rates, int ofDay, Activity activity) {
        return rates.means[row(rates, ofDay) * Activity.COUNT + activity.ordinal()];
    }
}
