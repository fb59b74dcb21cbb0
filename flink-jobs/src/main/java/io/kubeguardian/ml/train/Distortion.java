package io.kubeguardian.ml.train;

import io.kubeguardian.ml.Behaviour;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Windows that are known to be wrong, made from normal ones: half of what happened, in one piece, is replaced by calls
 * drawn from all that training has, or put into another order; half of the numbers change by a factor of up to eight. They
 * say which models notice anything, before any attack was seen.
 */
final class Distortion {
    private final String[] known;
    private final SplittableRandom random;

    /** @param data whose calls are drawn from, as often as they occur */
    Distortion(List<Behaviour> data, SplittableRandom random) {
        this.random = random;
        List<String> calls = new ArrayList<>();
        for (Behaviour behaviour : data) {
            for (int[] sequence : behaviour.sequences()) {
                for (int i = 0; i < sequence.length; i += 7) { // every seventh is enough to draw from
                    calls.add(behaviour.names()[sequence[i]]);
                }
            }
            if (behaviour.sequences().length == 0) {
                calls.addAll(behaviour.calls().keySet());
            }
        }
        this.known = calls.isEmpty() ? new String[] {"read"} : calls.toArray(String[]::new);
    }

    Behaviour of(Behaviour normal) {
        boolean foreign = random.nextBoolean();
        List<List<String>> sequences = new ArrayList<>();
        for (int[] sequence : normal.sequences()) {
            sequences.add(sequence(normal, sequence, foreign));
        }
        if (normal.numbers().isEmpty() && sequences.size() == 1) {
            return Behaviour.ofTrace(sequences.get(0));
        }
        Map<String, Double> numbers = new HashMap<>(normal.numbers());
        numbers.replaceAll((name, value) -> random.nextBoolean() ? value
                : Math.max(0, value + (random.nextBoolean() ? 1 : -1) * random.nextDouble() * Math.log(8)));
        return new Behaviour(numbers, calls(normal), names(sequences), indexes(sequences));
    }

    private List<String> sequence(Behaviour normal, int[] sequence, boolean foreign) {
        int length = sequence.length / 2;
        int from = sequence.length == length ? 0 : random.nextInt(sequence.length - length + 1);
        List<String> changed = new ArrayList<>();
        for (int call : sequence) {
            changed.add(normal.names()[call]);
        }
        for (int i = from; i < from + length; i++) {
            if (foreign) {
                changed.set(i, known[random.nextInt(known.length)]);
            } else {
                int other = from + random.nextInt(length);
                String call = changed.get(i);
                changed.set(i, changed.get(other));
                changed.set(other, call);
            }
        }
        return changed;
    }

    private Map<String, Long> calls(Behaviour normal) {
        Map<String, Long> calls = new HashMap<>();
        normal.calls().forEach((call, count) -> {
            if (random.nextBoolean()) {
                calls.put(call, count);
            } else {
                calls.merge(known[random.nextInt(known.length)], count, Long::sum);
            }
        });
        return calls;
    }

    private static String[] names(List<List<String>> sequences) {
        return sequences.stream().flatMap(List::stream).distinct().toArray(String[]::new);
    }

    private static int[][] indexes(List<List<String>> sequences) {
        Map<String, Integer> ids = new HashMap<>();
        for (String name : names(sequences)) {
            ids.put(name, ids.size());
        }
        return sequences.stream().map(s -> s.stream().mapToInt(ids::get).toArray()).toArray(int[][]::new);
    }
}
