package io.kubeguardian.ml;

import java.util.Arrays;
import java.util.List;

/**
 * Makes raw scores of different models comparable: where a raw score stands among those of training data that the
 * model had not seen. Up to the highest of them that is the empirical share; beyond, the distance in units of the upper
 * tail goes on, so that two scores that are both higher than everything seen still differ.
 */
public final class Calibration {
    /** As many quantiles are kept. */
    static final int QUANTILES = 201;

    private final double[] sorted;
    private final double tail;

    private Calibration(double[] sorted) {
        this.sorted = sorted;
        double median = sorted[sorted.length / 2];
        double high = sorted[(int) (0.95 * (sorted.length - 1))];
        this.tail = Math.max(high - median, 1e-9);
    }

    /** Of raw scores in any order; at least one. */
    public static Calibration of(double[] scores) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        double[] kept = new double[Math.min(QUANTILES, sorted.length)];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = sorted[kept.length == 1 ? 0 : (int) Math.round(i * (sorted.length - 1.0) / (kept.length - 1))];
        }
        return new Calibration(kept);
    }

    /** @throws ModelException when these are no ascending numbers */
    static Calibration of(List<Double> scores) throws ModelException {
        double[] sorted = scores.stream().mapToDouble(Double::doubleValue).toArray();
        for (int i = 0; i < sorted.length; i++) {
            if (!Double.isFinite(sorted[i]) || i > 0 && sorted[i] < sorted[i - 1]) {
                throw new ModelException("the calibration is not of ascending numbers");
            }
        }
        if (sorted.length == 0 || sorted.length > QUANTILES) {
            throw new ModelException("the calibration has " + sorted.length + " numbers, must be from 1 to " + QUANTILES);
        }
        return new Calibration(sorted);
    }

    public List<Double> quantiles() {
        return Arrays.stream(sorted).boxed().toList();
    }

    /** 0 (below everything seen) to 1 (the highest seen), above 1 beyond that. */
    public double level(double raw) {
        double highest = sorted[sorted.length - 1];
        if (raw >= highest) {
            return 1 + (raw - highest) / tail;
        }
        int at = Arrays.binarySearch(sorted, raw);
        if (at < 0) {
            at = -at - 1;
        }
        if (at == 0) {
            return 0;
        }
        double between = (raw - sorted[at - 1]) / Math.max(sorted[at] - sorted[at - 1], 1e-12);
        return (at - 1 + Math.min(1, between)) / (sorted.length - 1);
    }
}
