package io.kubeguardian.benchmarks;

/**
 * One measured number.
 *
 * @param baseline what it is compared with, in the same unit and from the same run; null where nothing compares
 * @param ratio value to baseline; null likewise
 */
record Figure(String name, double value, String unit, Double baseline, Double ratio) {
    static Figure of(String name, double value, String unit) {
        return new Figure(name, value, unit, null, null);
    }

    static Figure against(String name, double value, String unit, double baseline) {
        return new Figure(name, value, unit, baseline, value / baseline);
    }
}
