package io.kubeguardian.ml;

import java.util.Arrays;

/** How well scores tell two sorts of windows apart. Higher scores are more unusual. */
public final class Ranking {
    private Ranking() {}

    /** Area under the ROC curve: how often an anomaly scores above a normal window; equal scores count half. */
    public static double auroc(double[] normal, double[] anomalies) {
        double[] sorted = normal.clone();
        Arrays.sort(sorted);
        double wins = 0;
        for (double score : anomalies) {
            wins += (below(sorted, score, false) + below(sorted, score, true)) / 2.0;
        }
        return wins / ((double) normal.length * anomalies.length);
    }

    /** Share of anomalies above the threshold that at most that share of normal windows is above. */
    public static double truePositives(double[] normal, double[] anomalies, double falsePositives) {
        double threshold = threshold(normal, falsePositives);
        return Arrays.stream(anomalies).filter(score -> score > threshold).count() / (double) anomalies.length;
    }

    /** The lowest score that at most that share of normal windows is above. */
    public static double threshold(double[] normal, double falsePositives) {
        double[] sorted = normal.clone();
        Arrays.sort(sorted);
        int allowed = (int) Math.floor(falsePositives * sorted.length);
        return sorted[Math.max(0, sorted.length - 1 - allowed)];
    }

    /** How many are below, or at most equal. */
    private static int below(double[] sorted, double score, boolean orEqual) {
        int from = 0;
        int to = sorted.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (sorted[middle] < score || orEqual && sorted[middle] == score) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
