package io.kubeguardian.correlation;

import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * Lets time pass for one entity at a time: looks at its signals in their order, and in between at what was to happen
 * when something did not come. What comes out depends on the signals and their times, never on when they arrived or on
 * how far event time went in one step.
 */
final class EntityCorrelator implements AutoCloseable {
    /** What is found. */
    interface Output extends Incidents.Output {
        /** A pattern of which others are made has matched. */
        void matched(CorrelationPattern pattern, KeptSignal last, List<Signal> evidence);
    }

    /** Most first signals whose timespan is awaited at the same time, of a pattern and an entity. */
    static final int MOST_DEADLINES = 32;
    /** Most signals that a count shows as its evidence. */
    static final int COUNT_EVIDENCE = 16;

    private final CorrelationCounters counters;
    private final Incidents incidents;
    private final OrderedMatcher ordered;

    EntityCorrelator(Incidents incidents, CorrelationCounters counters, RuntimeContext runtime) {
        this.ordered = new OrderedMatcher(runtime);
        this.incidents = incidents;
        this.counters = counters;
    }

    /** The patterns from now on: nothing is remembered of those before. */
    void prepare(PatternSet patterns) {
        ordered.prepare(patterns.patterns());
    }

    /**
     * Looks at all that waits, as far as event time has come.
     *
     * @param watermark milliseconds
     * @param version of the patterns; signals that a newer set has sent go on waiting
     */
    void advance(EntityState entity, Scope scope, String key, long watermark, long version, Output out) {
        List<KeptSignal> due = due(entity, watermark, version);
        for (KeptSignal signal : due) {
            passTime(entity, scope, key, signal.time, out);
            take(entity, scope, key, signal, out);
        }
        // At the end of a replay time jumps to the end of all days; nothing that happens there is a finding.
        if (watermark != Long.MAX_VALUE) {
            passTime(entity, scope, key, watermark, out);
            entity.progress.entrySet().removeIf(one -> isOver(one.getValue(), scope, one.getKey(), watermark));
        }
        incidents.tell(entity, out);
    }

    private static List<KeptSignal> due(EntityState entity, long watermark, long version) {
        List<KeptSignal> due = new ArrayList<>();
        List<KeptSignal> later = new ArrayList<>();
        for (KeptSignal signal : entity.waiting) {
            (signal.time <= watermark && signal.version <= version ? due : later).add(signal);
        }
        entity.waiting = later;
        due.sort(KeptSignal.ORDER);
        return due;
    }

    private void take(EntityState entity, Scope scope, String key, KeptSignal signal, Output out) {
        Scope.Steps steps = scope.steps(signal.signal);
        if (steps.patterns().length == 0) {
            return; // of a pattern that was withdrawn while it waited
        }
        boolean kept = Keeping.isWorthIt(entity, signal, steps.shortestMillis());
        if (kept) {
            counters.dropped(Keeping.add(entity, signal));
        } else {
            counters.thinned(1);
        }
        boolean used = false;
        for (int i = 0; i < steps.patterns().length; i++) {
            int place = steps.patterns()[i];
            CorrelationPattern pattern = scope.patterns().get(place);
            List<KeptSignal> match = switch (pattern.type()) {
                case EVENT_COUNT, VALUE_COUNT -> count(entity, scope, place, pattern, signal);
                case TEMPORAL -> kept ? temporal(entity, scope, place, pattern, signal) : null;
                case TEMPORAL_ORDERED ->
                        kept ? ordered(entity, scope, place, pattern, signal, steps.masks()[i]) : null;
                case NOT_FOLLOWED_BY -> {
                    expect(progress(entity, scope, place), pattern, signal, steps.masks()[i], kept);
                    yield null;
                }
            };
            if (match != null) {
                matched(entity, scope, key, place, match, signal.time, out);
                used = true;
            }
        }
        incidents.relate(entity, scope, signal, steps, used);
    }

    private void matched(
            EntityState entity, Scope scope, String key, int place, List<KeptSignal> match, long time, Output out) {
        CorrelationPattern pattern = scope.patterns().get(place);
        progress(entity, scope, place).use(Collections.max(match, KeptSignal.ORDER));
        if (pattern.isStandAlone()) {
            incidents.matched(entity, scope, key, pattern, match, time, out);
        }
        if (pattern.level() == 0) {
            List<Signal> evidence = new ArrayList<>();
            match.forEach(kept -> evidence.addAll(kept.signals()));
            out.matched(pattern, match.get(match.size() - 1), evidence);
        }
    }

    private static PatternProgress progress(EntityState entity, Scope scope, int place) {
        return entity.progress.computeIfAbsent(scope.stateKey(place), id -> new PatternProgress());
    }

    /** What a pattern can use: its own signals, within its timespan, after its last match. In order. */
    private static List<OrderedMatcher.Step> steps(
            EntityState entity, Scope scope, int place, CorrelationPattern pattern, long after, long until) {
        PatternProgress progress = entity.progress.get(scope.stateKey(place));
        List<OrderedMatcher.Step> steps = new ArrayList<>();
        for (int i = entity.kept.size() - 1; i >= 0 && entity.kept.get(i).time > after; i--) {
            KeptSignal kept = entity.kept.get(i);
            int mask = scope.steps(kept.signal).of(place);
            if (mask != 0 && kept.time < until && (progress == null || !progress.isUsed(kept))) {
                steps.add(new OrderedMatcher.Step(kept, mask));
            }
        }
        Collections.reverse(steps);
        return steps;
    }

    private static List<KeptSignal> temporal(
            EntityState entity, Scope scope, int place, CorrelationPattern pattern, KeptSignal signal) {
        List<OrderedMatcher.Step> steps =
                steps(entity, scope, place, pattern, signal.time - pattern.timespanMillis(), Long.MAX_VALUE);
        int rules = pattern.selectors().size();
        KeptSignal[] latest = new KeptSignal[rules];
        int found = 0;
        for (int i = steps.size() - 1; i >= 0; i--) {
            OrderedMatcher.Step step = steps.get(i);
            for (int rule = 0; rule < rules; rule++) {
                if (latest[rule] == null && (step.steps & 1 << rule) != 0) {
                    latest[rule] = step.kept;
                    found++;
                    break; // one signal is one event: it does not stand for two rules
                }
            }
        }
        long needed = pattern.condition() == null ? rules : pattern.condition().atLeast();
        if (found < needed) {
            return null;
        }
        List<KeptSignal> match = new ArrayList<>();
        for (KeptSignal one : latest) {
            if (one != null) {
                match.add(one);
            }
        }
        match.sort(KeptSignal.ORDER);
        return match;
    }

    private List<KeptSignal> ordered(
            EntityState entity, Scope scope, int place, CorrelationPattern pattern, KeptSignal signal, int mask) {
        int last = pattern.selectors().size() - 1;
        if ((mask & 1 << last) == 0) {
            return null; // only its last step completes it
        }
        List<OrderedMatcher.Step> steps =
                steps(entity, scope, place, pattern, signal.time - pattern.timespanMillis(), Long.MAX_VALUE);
        int seen = 0;
        for (OrderedMatcher.Step step : steps) {
            seen |= step.steps;
        }
        return seen == (1 << last + 1) - 1 ? ordered.match(pattern, steps, signal.time) : null;
    }

    private void expect(
            PatternProgress progress, CorrelationPattern pattern, KeptSignal signal, int mask, boolean kept) {
        int last = pattern.selectors().size() - 1;
        if ((mask & 1 << last) != 0) {
            progress.lastAbsent = signal.time;
        }
        if ((mask & 1) != 0 && kept) {
            if (progress.deadlines.size() >= MOST_DEADLINES) {
                counters.thinned(1);
            } else {
                progress.deadlines.add(signal.time + pattern.timespanMillis());
            }
        }
    }

    /** Everything that is to happen up to a time, in its order. */
    private void passTime(EntityState entity, Scope scope, String key, long time, Output out) {
        for (long next = nextEnd(entity); next <= time; next = nextEnd(entity)) {
            incidents.passTime(entity, next, out);
            for (String stateKey : new TreeSet<>(entity.progress.keySet())) {
                int place = scope.pattern(stateKey);
                if (place < 0) {
                    entity.progress.remove(stateKey); // of a pattern that was withdrawn
                } else {
                    end(entity, scope, key, place, next, out);
                }
            }
        }
        incidents.passTime(entity, time, out);
        Keeping.expire(entity, time - scope.longestMillis());
    }

    private void end(EntityState entity, Scope scope, String key, int place, long now, Output out) {
        CorrelationPattern pattern = scope.patterns().get(place);
        PatternProgress progress = entity.progress.get(scope.stateKey(place));
        List<KeptSignal> match = null;
        if (!progress.deadlines.isEmpty() && progress.deadlines.get(0) <= now) {
            progress.deadlines.remove(0);
            match = absent(entity, scope, place, pattern, progress, now);
        } else if (progress.windowEnd != 0 && progress.windowEnd <= now) {
            match = judged(entity, scope, place, pattern, progress);
        }
        if (match != null && !match.isEmpty()) {
            matched(entity, scope, key, place, match, now, out);
        }
    }

    private static long nextEnd(EntityState entity) {
        long next = Long.MAX_VALUE;
        for (PatternProgress progress : entity.progress.values()) {
            next = progress.deadlines.isEmpty() ? next : Math.min(next, progress.deadlines.get(0));
            next = progress.windowEnd == 0 ? next : Math.min(next, progress.windowEnd);
        }
        return next;
    }

    private List<KeptSignal> absent(
            EntityState entity, Scope scope, int place, CorrelationPattern pattern, PatternProgress progress, long end) {
        List<OrderedMatcher.Step> steps =
                steps(entity, scope, place, pattern, end - pattern.timespanMillis() - 1, end);
        List<KeptSignal> match = steps.isEmpty() ? null : ordered.match(pattern, steps, end);
        // Of a flood of the signals that were to be absent not all are kept: the time of the last one is.
        return match == null || progress.lastAbsent >= match.get(match.size() - 1).time ? null : match;
    }

    private List<KeptSignal> count(
            EntityState entity, Scope scope, int place, CorrelationPattern pattern, KeptSignal signal) {
        PatternProgress progress = progress(entity, scope, place);
        CountCondition condition = pattern.condition();
        if (progress.isUsed(signal)) {
            return null;
        }
        long after = signal.time - pattern.timespanMillis();
        long count = pattern.type() == CorrelationType.EVENT_COUNT
                ? countEvents(progress, condition, signal.time, after) : countValues(progress, pattern, signal, after);
        if (count == 0) {
            return null;
        }
        if (condition.isJudgedAtTheEnd()) {
            progress.windowEnd = progress.windowEnd == 0 ? signal.time + pattern.timespanMillis() : progress.windowEnd;
            return null;
        }
        if (!condition.holds(count)) {
            return null;
        }
        progress.times.clear();
        progress.values.clear();
        return evidence(entity, scope, place, pattern, after, signal);
    }

    private static long countEvents(PatternProgress progress, CountCondition condition, long time, long after) {
        progress.times.add(time);
        if (!condition.isJudgedAtTheEnd()) {
            int old = 0;
            while (progress.times.get(old) <= after) {
                old++;
            }
            progress.times.subList(0, Math.max(old, progress.times.size() - ConditionParser.MAX_COUNT)).clear();
        } else if (progress.times.size() > ConditionParser.MAX_COUNT + 1) {
            progress.times.remove(0); // more than any condition can ask about
        }
        return progress.times.size();
    }

    private long countValues(PatternProgress progress, CorrelationPattern pattern, KeptSignal signal, long after) {
        String value = SignalFields.reader(pattern.condition().field()).apply(signal.signal);
        if (value.isEmpty()) {
            return 0;
        }
        if (!pattern.condition().isJudgedAtTheEnd()) {
            progress.values.values().removeIf(seen -> seen <= after);
        }
        String key = value.length() <= 256 ? value : value.substring(0, 256);
        if (progress.values.size() <= ConditionParser.MAX_COUNT || progress.values.containsKey(key)) {
            progress.values.put(key, signal.time);
        } else {
            counters.dropped(1);
        }
        return progress.values.size();
    }

    /** A count's window is over. */
    private static List<KeptSignal> judged(
            EntityState entity, Scope scope, int place, CorrelationPattern pattern, PatternProgress progress) {
        long count = pattern.type() == CorrelationType.EVENT_COUNT ? progress.times.size() : progress.values.size();
        long after = progress.windowEnd - pattern.timespanMillis() - 1;
        progress.windowEnd = 0;
        progress.times.clear();
        progress.values.clear();
        return pattern.condition().holds(count) ? evidence(entity, scope, place, pattern, after, null) : null;
    }

    /** The latest of what was counted. */
    private static List<KeptSignal> evidence(
            EntityState entity, Scope scope, int place, CorrelationPattern pattern, long after, KeptSignal last) {
        List<KeptSignal> evidence = new ArrayList<>();
        for (OrderedMatcher.Step step : steps(entity, scope, place, pattern, after, Long.MAX_VALUE)) {
            evidence.add(step.kept);
        }
        if (last != null && (evidence.isEmpty() || evidence.get(evidence.size() - 1) != last)) {
            evidence.add(last); // it was not kept
        }
        int size = evidence.size();
        return size <= COUNT_EVIDENCE ? evidence : new ArrayList<>(evidence.subList(size - COUNT_EVIDENCE, size));
    }

    private static boolean isOver(PatternProgress progress, Scope scope, String stateKey, long time) {
        int place = scope.pattern(stateKey);
        if (place < 0) {
            return true; // of a pattern that was withdrawn
        }
        long before = time - scope.patterns().get(place).timespanMillis();
        return progress.usedTime <= before && progress.deadlines.isEmpty() && progress.windowEnd == 0
                && progress.lastAbsent <= before
                && (progress.times.isEmpty() || progress.times.get(progress.times.size() - 1) <= before)
                && progress.values.values().stream().allMatch(seen -> seen <= before);
    }

    /** When the entity must be looked at again even if nothing waits, milliseconds; {@link Long#MAX_VALUE}: never. */
    long nextTime(EntityState entity, Scope scope) {
        long next = Math.min(nextEnd(entity), incidents.nextTime(entity));
        if (!entity.kept.isEmpty()) {
            next = Math.min(next, entity.kept.get(entity.kept.size() - 1).time + scope.longestMillis() + 1);
        } else if (!entity.progress.isEmpty()) {
            next = Math.min(next, latestProgress(entity) + scope.longestMillis() + 1);
        }
        return next;
    }

    /** The latest time that any progress speaks of: after it and a timespan there is none. */
    private static long latestProgress(EntityState entity) {
        long latest = 0;
        for (PatternProgress progress : entity.progress.values()) {
            latest = Math.max(latest, Math.max(progress.usedTime, progress.lastAbsent));
            latest = progress.times.isEmpty() ? latest
                    : Math.max(latest, progress.times.get(progress.times.size() - 1));
            for (long seen : progress.values.values()) {
                latest = Math.max(latest, seen);
            }
        }
        return latest;
    }

    @Override
    public void close() {
        ordered.close();
    }
}
