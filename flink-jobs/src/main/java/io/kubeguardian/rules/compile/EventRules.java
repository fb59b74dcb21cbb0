package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The conditions that can be true of one kind of event, tested together. Rules begin alike ("an open for writing, in a
 * container"), because they name the same macros: such cheap common checks run once for each event, and a rule that
 * needs one that failed costs a comparison of two numbers. Immutable.
 */
public final class EventRules {
    /**
     * Is told of each condition that is true. It gets whatever the caller passed along, so that no object need be made
     * for an event that no rule is about.
     */
    @FunctionalInterface
    public interface Sink<C> {
        void hit(int index, EventView event, C context);
    }

    /** Is told how long the parts of one evaluation took, nanoseconds. */
    public interface Stopwatch {
        void shared(long nanos);

        void tested(int index, long nanos);
    }

    private static final int MAX_SHARED = 64;
    private static final int MAX_SHARED_COST = 5;

    private final Condition[] shared;
    /** For each condition the shared checks that it needs, one bit each, and what else it needs. */
    private final long[] needed;
    private final Condition[] rest;

    /** @param type of the events; the conditions are what is left of them for it */
    public EventRules(EventType type, List<Condition> conditions) {
        List<Condition> common = common(conditions);
        shared = common.toArray(Condition[]::new);
        needed = new long[conditions.size()];
        rest = new Condition[conditions.size()];
        for (int i = 0; i < conditions.size(); i++) {
            List<Condition> others = new ArrayList<>();
            for (Condition part : conditions.get(i).conjuncts()) {
                int bit = common.indexOf(part);
                if (bit < 0) {
                    others.add(part);
                } else {
                    needed[i] |= 1L << bit;
                }
            }
            rest[i] = Condition.and(others);
        }
        if (type == EventType.OPEN) {
            Remembered.Ids ids = new Remembered.Ids();
            Arrays.setAll(shared, i -> shared[i].remembering(ids));
            Arrays.setAll(rest, i -> rest[i].remembering(ids));
        }
    }

    /** Checks that are the same object, from the same macro, in several conditions. */
    private static List<Condition> common(List<Condition> conditions) {
        Map<Condition, Integer> uses = new IdentityHashMap<>();
        for (Condition condition : conditions) {
            for (Condition part : condition.conjuncts()) {
                uses.merge(part, 1, Integer::sum);
            }
        }
        return uses.entrySet().stream()
                .filter(use -> use.getValue() > 1 && use.getKey().cost() <= MAX_SHARED_COST)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(MAX_SHARED)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Gives the index of each condition that is true, in order. */
    public <C> void evaluate(EventView event, Sink<C> sink, C context) {
        long met = shared(event);
        for (int i = 0; i < rest.length; i++) {
            if ((needed[i] & ~met) == 0 && rest[i].test(event)) {
                sink.hit(i, event, context);
            }
        }
    }

    /** The same, timed; what the sink does is nobody's time. A look at the clock is in each time. */
    public <C> void evaluate(EventView event, Sink<C> sink, C context, Stopwatch watch) {
        long start = System.nanoTime();
        long met = shared(event);
        long end = System.nanoTime();
        watch.shared(end - start);
        for (int i = 0; i < rest.length; i++) {
            start = System.nanoTime();
            boolean hit = (needed[i] & ~met) == 0 && rest[i].test(event);
            end = System.nanoTime();
            watch.tested(i, end - start);
            if (hit) {
                sink.hit(i, event, context);
            }
        }
    }

    private long shared(EventView event) {
        long met = 0;
        for (int bit = 0; bit < shared.length; bit++) {
            if (shared[bit].test(event)) {
                met |= 1L << bit;
            }
        }
        return met;
    }
}
