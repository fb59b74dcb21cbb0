package io.kubeguardian.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One run of a scenario: takes its figures, and every single measurement behind them. */
final class Run {
    private final boolean quick;
    private final Path home;
    private final Path scratch;
    private final Map<String, String> settings;
    private final List<Figure> figures = new ArrayList<>();
    private final Map<String, List<Double>> raw = new TreeMap<>();

    /**
     * @param quick fewer and shorter rounds: shows that it works, not what it is worth
     * @param home the project's folder
     * @param scratch a folder that is deleted afterwards
     * @param settings by environment variable, for what is measured
     */
    Run(boolean quick, Path home, Path scratch, Map<String, String> settings) {
        this.quick = quick;
        this.home = home;
        this.scratch = scratch;
        this.settings = Map.copyOf(settings);
    }

    boolean quick() {
        return quick;
    }

    Path home() {
        return home;
    }

    Path scratch() {
        return scratch;
    }

    Map<String, String> settings() {
        return settings;
    }

    /** On standard error: what is going on. */
    void progress(String format, Object... arguments) {
        System.err.printf("  " + format + "%n", arguments);
    }

    void figure(Figure figure) {
        figures.add(figure);
    }

    /** Keeps a single measurement. */
    void sample(String name, double value) {
        raw.computeIfAbsent(name, none -> new ArrayList<>()).add(value);
    }

    /** Of all samples of that name. */
    double median(String name) {
        double[] sorted = raw.get(name).stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    List<Figure> figures() {
        return List.copyOf(figures);
    }

    Map<String, List<Double>> raw() {
        return raw;
    }

    /** The value below which the given share (0 to 1) of the sorted values lies. */
    static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    static double[] sorted(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
