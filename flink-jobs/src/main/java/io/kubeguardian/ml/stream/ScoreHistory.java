package io.kubeguardian.ml.stream;

import io.kubeguardian.ml.Moving;

/** What is remembered of a workload's windows for one model. Flink POJO, at most some kilobytes. */
public final class ScoreHistory {
    /** As many scores are kept. */
    static final int KEPT = 256;

    /** Digest of the model that the scores are of; another model begins anew. */
    public String digest = "";
    /** Windows scored. */
    public long windows;
    /** The newest scores, in a ring. */
    public double[] scores = new double[0];
    public double threshold;
    /** How often the threshold was moved. */
    public long thresholdChanges;
    public Moving moving = new Moving();

    public ScoreHistory() {}
}
