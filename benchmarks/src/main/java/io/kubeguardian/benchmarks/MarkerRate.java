package io.kubeguardian.benchmarks;

import java.util.Map;
import java.util.TreeMap;

/**
 * How fast a job takes events that hold a marker every so often, whatever the order it takes pods and partitions in:
 * counted from the {@value #FROM}th to the {@value #TO}th percent of all markers. What comes before lets the code be
 * compiled; what comes after is left out, as one subtask then has nothing more to do.
 */
final class MarkerRate {
    private static final int FROM = 40;
    private static final int TO = 95;

    /** Waits for markers. */
    interface Markers {
        /** How many came. */
        int take() throws Exception;
    }

    /**
     * @param perSecond events a second
     * @param nanosPerEvent processor time an event, by part of the process
     */
    record Result(double perSecond, Map<String, Double> nanosPerEvent) {}

    private MarkerRate() {}

    /** @param all markers there are, each for so many events */
    static Result measure(int all, int eventsPerMarker, Markers markers) throws Exception {
        int seen = 0;
        while (seen < all * FROM / 100) {
            seen += markers.take();
        }
        int first = seen;
        long start = System.nanoTime();
        TaskCpu cpu = TaskCpu.now();
        while (seen < all * TO / 100) {
            seen += markers.take();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double events = (double) (seen - first) * eventsPerMarker;
        Map<String, Double> parts = new TreeMap<>();
        TaskCpu.now().since(cpu).forEach((part, nanos) -> parts.put(part, nanos / events));
        return new Result(events / seconds, parts);
    }
}
