package io.kubeguardian.ml;

/**
 * What has been usual of late, feature by feature: exponentially weighted mean and variance (West 1979; half of the weight
 * is on the last {@value #HALF_LIFE} windows). Flink POJO.
 */
public final class Moving {
    /** So many windows back a window weighs half. */
    static final int HALF_LIFE = 30;
    private static final double STEP = 1 - Math.pow(0.5, 1.0 / HALF_LIFE);
    /** Before that the training data alone says what is usual. */
    private static final int LEAST_WINDOWS = 10;

    public double[] mean = new double[0];
    public double[] variance = new double[0];
    public int windows;

    /** @param z distances from what was usual in training, all of one model's features */
    void add(double[] z) {
        if (mean.length != z.length) {
            mean = z.clone();
            variance = new double[z.length];
            windows = 1;
            return;
        }
        for (int i = 0; i < z.length; i++) {
            double away = z[i] - mean[i];
            mean[i] += STEP * away;
            variance[i] = (1 - STEP) * (variance[i] + STEP * away * away);
        }
        windows++;
    }

    /** Each distance as small as it is from what is usual in training, or of late. */
    double[] tempered(double[] z) {
        if (windows < LEAST_WINDOWS || mean.length != z.length) {
            return z;
        }
        double[] tempered = new double[z.length];
        for (int i = 0; i < z.length; i++) {
            // A spread of training is the least: a workload that never changed is not to be alarmed by a hair's breadth.
            double own = (z[i] - mean[i]) / Math.max(1, Math.sqrt(variance[i]));
            tempered[i] = Math.abs(own) < Math.abs(z[i]) ? own : z[i];
        }
        return tempered;
    }
}
