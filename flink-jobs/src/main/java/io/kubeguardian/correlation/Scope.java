package io.kubeguardian.correlation;

import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The patterns that group by the same fields. What has the same values of them is one entity, whose signals are kept
 * once for all of these patterns. Not thread safe.
 */
final class Scope {
    private static final int REMEMBERED = 10_000;
    private static final char BETWEEN = '\u0001';

    /**
     * What a signal is to the scope's patterns.
     *
     * @param patterns by their place in {@link #patterns}
     * @param masks the steps that it can take in each of them, as bits
     * @param shortestMillis of their timespans
     */
    record Steps(int[] patterns, int[] masks, long shortestMillis) {
        /** The steps in one pattern; 0: none. */
        int of(int pattern) {
            for (int i = 0; i < patterns.length; i++) {
                if (patterns[i] == pattern) {
                    return masks[i];
                }
            }
            return 0;
        }
    }

    private final String id;
    private final List<CorrelationPattern> patterns;
    /** Of each pattern's progress in state. */
    private final List<String> stateKeys;
    private final List<String> fields;
    private final List<Function<Signal, String>> readers;
    private final boolean isNarrow;
    private final long longestMillis;
    private final Map<SignalKind, Map<String, Steps>> known = new EnumMap<>(SignalKind.class);

    Scope(String id, List<CorrelationPattern> patterns) {
        this.id = id;
        this.patterns = List.copyOf(patterns);
        this.stateKeys = patterns.stream().map(CorrelationPattern::stateKey).toList();
        CorrelationPattern first = patterns.get(0);
        this.fields = first.groupBy().stream().sorted().toList();
        this.readers = fields.stream().map(field -> reader(first, field)).toList();
        this.isNarrow = SignalFields.isNarrow(fields);
        this.longestMillis = patterns.stream().mapToLong(CorrelationPattern::timespanMillis).max().orElse(0);
    }

    /** Aliases are a pattern's own: it shares its scope with no other. */
    static String id(CorrelationPattern pattern) {
        return pattern.level() + ":" + String.join(",", new TreeSet<>(pattern.groupBy()))
                + (pattern.aliases().isEmpty() ? "" : "@" + pattern.id());
    }

    private static Function<Signal, String> reader(CorrelationPattern pattern, String field) {
        Map<String, String> alias = pattern.aliases().get(field);
        if (alias == null) {
            return SignalFields.reader(field);
        }
        List<Function<Signal, String>> byStep = pattern.rules().stream().map(rule -> alias.containsKey(rule)
                ? SignalFields.reader(alias.get(rule)) : (Function<Signal, String>) signal -> "").toList();
        return signal -> {
            int steps = pattern.steps(signal);
            return steps == 0 ? "" : byStep.get(Integer.numberOfTrailingZeros(steps)).apply(signal);
        };
    }

    String id() {
        return id;
    }

    List<CorrelationPattern> patterns() {
        return patterns;
    }

    String stateKey(int pattern) {
        return stateKeys.get(pattern);
    }

    /** Which pattern's progress it is; -1: none's any more. */
    int pattern(String stateKey) {
        return stateKeys.indexOf(stateKey);
    }

    int level() {
        return patterns.get(0).level();
    }

    /** Whether all that is found about an entity belongs to one story: it is a process tree, a container or a pod. */
    boolean isNarrow() {
        return isNarrow;
    }

    /** How long a signal can matter. */
    long longestMillis() {
        return longestMillis;
    }

    boolean asksFor(Signal signal) {
        return steps(signal).patterns.length > 0;
    }

    Steps steps(Signal signal) {
        Map<String, Steps> byRule = known.computeIfAbsent(signal.getKind(), kind -> new HashMap<>());
        Steps steps = byRule.get(signal.getRule());
        if (steps == null) {
            steps = find(signal);
            if (byRule.size() < REMEMBERED) {
                byRule.put(signal.getRule(), steps);
            }
        }
        return steps;
    }

    private Steps find(Signal signal) {
        List<int[]> found = new ArrayList<>();
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < patterns.size(); i++) {
            int mask = patterns.get(i).steps(signal);
            if (mask != 0) {
                found.add(new int[] {i, mask});
                shortest = Math.min(shortest, patterns.get(i).timespanMillis());
            }
        }
        return new Steps(found.stream().mapToInt(one -> one[0]).toArray(),
                found.stream().mapToInt(one -> one[1]).toArray(), shortest);
    }

    /** The entity that a signal is about; null: a field has no value, and what lacks it has nothing in common. */
    String key(Signal signal) {
        StringBuilder key = new StringBuilder(96).append(id);
        for (Function<Signal, String> reader : readers) {
            String value = reader.apply(signal);
            if (value == null || value.isEmpty()) {
                return null;
            }
            key.append(BETWEEN).append(value);
        }
        return key.toString();
    }

    /** A key as a person reads it: {@code k8s.pod.uid=…, fd.rip=…}. */
    String entity(String key) {
        String[] parts = key.split(String.valueOf(BETWEEN), -1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < fields.size() && i + 1 < parts.length; i++) {
            text.append(i == 0 ? "" : ", ").append(fields.get(i)).append('=').append(parts[i + 1]);
        }
        return text.isEmpty() ? "all" : text.toString();
    }
}
