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

    /**
     * The rules that can be true of events that differ in nothing but what they act upon: of an open by a web server for
     * reading only those that are about such programs and reading, whatever the path.
     */
    public static final class Applicable {
        private final int[] rules;
        private final long shared;

        private Applicable(int[] rules, long shared) {
            this.rules = rules;
            this.shared = shared;
        }
    }

    private static final int MAX_SHARED = 64;
    private static final int MAX_SHARED_COST = 5;

    private final Condition[] shared;
    /** For each condition the shared checks that it needs, one bit each, and what else it needs. */
    private final long[] needed;
    private final Condition[] rest;
    /** All that each needs. */
    private final Condition[][] parts;

    /** @param type of the events; the conditions are what is left of them for it */
    public EventRules(EventType type, List<Condition> conditions) {
        List<Condition> common = common(conditions);
        shared = common.toArray(Condition[]::new);
        needed = new long[conditions.size()];
        rest = new Condition[conditions.size()];
        parts = conditions.stream().map(one -> one.conjuncts().toArray(Condition[]::new)).toArray(Condition[][]::new);
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

    /** As {@link #evaluate(EventView, Sink, Object)}, with what was found {@link #applicable} to such an event. */
    public <C> void evaluate(EventView event, Sink<C> sink, C context, Applicable applicable) {
        long met = shared(event, applicable.shared);
        for (int i : applicable.rules) {
            if ((needed[i] & ~met) == 0 && rest[i].test(event)) {
                sink.hit(i, event, context);
            }
        }
    }

    /** Leaves out each condition of which a part is false already without the event being asked what it is about. */
    public Applicable applicable(EventView event) {
        int[] all = new int[rest.length];
        int count = 0;
        long asked = 0;
        for (int i = 0; i < rest.length; i++) {
            if (!isFalseForAnySubject(parts[i], event)) {
                all[count++] = i;
                asked |= needed[i];
            }
        }
        return new Applicable(Arrays.copyOf(all, count), asked);
    }

    private static boolean isFalseForAnySubject(Condition[] parts, EventView event) {
        for (Condition part : parts) {
            event.forgetQuestions();
            try {
                if (!part.test(event) && !event.isAskedForMore() && !event.isAskedForSubject()) {
                    return true;
                }
            } catch (RuntimeException e) {
                return false; // told where the condition is evaluated
            }
        }
        return false;
    }

    /**
     * As {@link #evaluate(EventView, Sink, Object)}, timed; what the sink does is nobody's time. A look at the clock is in
     * each time that is not 0.
     *
     * @param some those applicable, as the others take no time; null: all are
     */
    public <C> void evaluate(EventView event, Sink<C> sink, C context, Applicable some, Stopwatch watch) {
        long start = System.nanoTime();
        long met = some == null ? shared(event) : shared(event, some.shared);
        long end = System.nanoTime();
        watch.shared(end - start);
        int next = 0;
        for (int i = 0; i < rest.length; i++) {
            if (some != null && (next == some.rules.length || some.rules[next] != i)) {
                watch.tested(i, 0);
                continue;
            }
            next++;
            start = System.nanoTime();
            boolean hit = (needed[i] & ~met) == 0 && rest[i].test(event);
            end = System.nanoTime();
            watch.tested(i, end - start);
            if (hit) {
                sink.hit(i, event, context);
            }
        }
    }

    private long shared(EventView event, long asked) {
        long met = 0;
        for (long left = asked; left != 0; left &= left - 1) {
            int bit = Long.numberOfTrailingZeros(left);
            if (shared[bit].test(event)) {
                met |= 1L << bit;
            }
        }
        return met;
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
