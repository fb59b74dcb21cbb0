package io.kubeguardian.ml.stream;

import io.kubeguardian.ml.Behaviour;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From the parts of a window to what models see. */
public final class Windows {
    private static final String[] DISTINCT =
            {"distinct.programs", "distinct.files", "distinct.destinations", "distinct.names"};

    private Windows() {}

    /**
     * Parts of the same process go on where the earlier one ended, in the order in which they are given.
     *
     * @param parts of one workload and window, at least one
     */
    public static Behaviour behaviour(List<WindowPart> parts, int windowSeconds) {
        long[] counters = new long[Counters.ALL.length];
        long[][] distinct = new long[5][DistinctCount.WORDS];
        Map<String, Long> calls = new HashMap<>();
        for (WindowPart part : parts) {
            for (int i = 0; i < Math.min(counters.length, part.counters.length); i++) {
                counters[i] += part.counters[i];
            }
            for (int i = 0; i < distinct.length; i++) {
                long[] own = new long[DistinctCount.WORDS];
                System.arraycopy(part.distinct, i * DistinctCount.WORDS, own, 0, DistinctCount.WORDS);
                DistinctCount.join(distinct[i], own);
            }
            for (int i = 0; i < part.calls.length; i++) {
                calls.merge(part.calls[i], part.callCounts[i], Long::sum);
            }
        }
        double podMinutes = Math.max(1, Math.rint(DistinctCount.count(distinct[4]))) * windowSeconds / 60.0;
        Map<String, Double> numbers = new HashMap<>();
        for (Counters counter : Counters.ALL) {
            numbers.put(counter.feature(), Math.log1p(counters[counter.ordinal()] / podMinutes));
        }
        for (int i = 0; i < DISTINCT.length; i++) {
            numbers.put(DISTINCT[i], Math.log1p(Math.rint(DistinctCount.count(distinct[i]))));
        }
        long made = calls.values().stream().mapToLong(Long::longValue).sum();
        numbers.put("rate.calls", Math.log1p(made / podMinutes));
        return sequences(parts, numbers, calls);
    }

    private static Behaviour sequences(List<WindowPart> parts, Map<String, Double> numbers, Map<String, Long> calls) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        Map<Long, List<Integer>> sequences = new LinkedHashMap<>();
        for (WindowPart part : parts) {
            int at = 0;
            for (int i = 0; i < part.lengths.length; i++) {
                List<Integer> sequence = sequences.computeIfAbsent(part.processes[i], none -> new ArrayList<>());
                for (int j = 0; j < part.lengths[i]; j++) {
                    sequence.add(ids.computeIfAbsent(part.names[part.tokens[at++]], none -> ids.size()));
                }
            }
        }
        return new Behaviour(numbers, calls, ids.keySet().toArray(String[]::new), sequences.values().stream()
                .filter(sequence -> !sequence.isEmpty())
                .map(sequence -> sequence.stream().mapToInt(Integer::intValue).toArray()).toArray(int[][]::new));
    }
}
