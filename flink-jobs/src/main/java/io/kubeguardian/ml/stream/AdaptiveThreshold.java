package io.kubeguardian.ml.stream;

import io.kubeguardian.config.ModelSettings;
import java.util.Arrays;

/**
 * A threshold that follows a workload's own scores inside the bounds that the operator sets: the score that only the
 * given share of the newest windows is above. A score that is an anomaly enters as the threshold and not as itself: an
 * attack that goes on raises it slowly, and never over the upper bound.
 */
final class AdaptiveThreshold {
    /** Smaller moves are not made: each one is told. */
    static final double LEAST_MOVE = 0.02;

    private final ModelSettings settings;

    AdaptiveThreshold(ModelSettings settings) {
        this.settings = settings;
    }

    /** Whether there are enough windows to judge by. */
    boolean ready(ScoreHistory history) {
        return history.windows >= settings.leastWindows();
    }

    /** The lower bound before it was ever moved. */
    double of(ScoreHistory history) {
        double threshold = history.threshold == 0 ? settings.thresholdLow() : history.threshold;
        return Math.max(settings.thresholdLow(), Math.min(settings.thresholdHigh(), threshold));
    }

    boolean isAnomaly(ScoreHistory history, double score) {
        return ready(history) && score > of(history);
    }

    /** Takes a score in; whether the threshold moved. */
    boolean learn(ScoreHistory history, double score) {
        double threshold = of(history);
        double taken = ready(history) ? Math.min(score, threshold + LEAST_MOVE) : score;
        int place = (int) (history.windows % ScoreHistory.KEPT);
        if (place >= history.scores.length) {
            history.scores = Arrays.copyOf(history.scores, place + 1);
        }
        history.scores[place] = taken;
        history.windows++;
        double wanted = wanted(history.scores);
        if (Math.abs(wanted - threshold) < LEAST_MOVE) {
            return false;
        }
        history.threshold = wanted;
        history.thresholdChanges++;
        return true;
    }

    private double wanted(double[] scores) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        int above = (int) Math.floor(settings.falseAlertRate() * sorted.length);
        double quantile = sorted[sorted.length - 1 - Math.min(above, sorted.length - 1)];
        return Math.max(settings.thresholdLow(), Math.min(settings.thresholdHigh(), quantile));
    }
}
