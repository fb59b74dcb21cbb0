package io.kubeguardian.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a workload did in one window, or what one trace holds: the only thing that models see. The stream and whole
 * traces make the same object, so that both are judged by the same code.
 */
public final class Behaviour {
    private final Map<String, Double> numbers;
    private final Map<String, Long> calls;
    private final String[] names;
    private final int[][] sequences;

    /**
     * @param numbers features that are not of single calls, by their name in docs/models.md
     * @param calls how often each system call was made
     * @param names what the sequences' numbers stand for
     * @param sequences one for each process (or trace), in the order in which things happened; indexes into names
     */
    public Behaviour(Map<String, Double> numbers, Map<String, Long> calls, String[] names, int[][] sequences) {
        this.numbers = new TreeMap<>(numbers);
        this.calls = new TreeMap<>(calls);
        this.names = names;
        this.sequences = sequences;
    }

    /** A trace: each system call in its order, of which the histogram follows. */
    public static Behaviour ofTrace(List<String> trace) {
        Map<String, Integer> ids = new HashMap<>();
        List<String> names = new ArrayList<>();
        Map<String, Long> calls = new HashMap<>();
        int[] sequence = new int[trace.size()];
        for (int i = 0; i < sequence.length; i++) {
            String call = trace.get(i);
            sequence[i] = ids.computeIfAbsent(call, name -> {
                names.add(name);
                return names.size() - 1;
            });
            calls.merge(call, 1L, Long::sum);
        }
        return new Behaviour(Map.of(), calls, names.toArray(String[]::new), new int[][] {sequence});
    }

    /** In the order of names. */
    public Map<String, Double> numbers() {
        return numbers;
    }

    /** In the order of names. */
    public Map<String, Long> calls() {
        return calls;
    }

    public String[] names() {
        return names;
    }

    public int[][] sequences() {
        return sequences;
    }

    /** Calls of all kinds together. */
    public long totalCalls() {
        return calls.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether two windows hold the same; such ones must not stand on both sides of a split. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Behaviour that && numbers.equals(that.numbers) && calls.equals(that.calls)
                && Arrays.equals(names, that.names) && Arrays.deepEquals(sequences, that.sequences);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * numbers.hashCode() + calls.hashCode()) + Arrays.deepHashCode(sequences);
    }
}
