package io.kubeguardian.baseline;

/**
 * How often things happen in a workload, by hour of the day. Flink POJO. Rows of the model are the hours of the day (UTC)
 * and, as row {@value #ANY}, any hour; columns are {@link Activity}s: index row * Activity.COUNT + activity.
 */
public final class Rates {
    static final int ANY = 24;
    private static final int CELLS = (ANY + 1) * Activity.COUNT;

    /** The hour that is counted, in hours since the Unix epoch; 0: none. */
    public long hour;
    public long[] counts = new long[Activity.COUNT];
    /** Of the hour after it, which begins before it is certain that nothing more comes of the one before. */
    public long[] next = new long[Activity.COUNT];
    /** By activity: the hour for which a drift was told. */
    public long[] told = new long[Activity.COUNT];

    /** Hours that a row was learned from. */
    public int[] hours = new int[ANY + 1];
    public double[] means = new double[CELLS];
    public double[] variances = new double[CELLS];
    /** Bounds as they were last put on record; 0: never. */
    public double[] recorded = new double[CELLS];
    /** Counts of an hour that was over already. */
    public long late;
}
