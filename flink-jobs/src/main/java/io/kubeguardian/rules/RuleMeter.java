package io.kubeguardian.rules;

import io.kubeguardian.rules.compile.EventRules;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Evaluates rules and keeps count: hits of each, and by timing one event in some what each costs. All other events pay
 * for two additions. An event like one before on which all rules were silent is not evaluated again. Used by one thread.
 */
public final class RuleMeter implements RuleHitConsumer, RuleSet.Stopwatch {
    /**
     * A timed event costs two looks at the clock (some 25 ns each) for each rule: of a hundred rules 5 µs, in so many
     * events 1 ns an event. A prime, so that it falls on every place of batches that all look the same.
     */
    public static final int EVERY = 4999;

    /**
     * @param evaluations events that the rule was asked about
     * @param sampledEvaluations those of them that were timed
     * @param sampledNanos and how long they took
     */
    public record Cost(Rule rule, long hits, long evaluations, long sampledEvaluations, long sampledNanos) {
        /** Estimate for all evaluations. */
        public double nanos() {
            return sampledEvaluations == 0 ? 0 : (double) sampledNanos / sampledEvaluations * evaluations;
        }
    }

    /** Kinds whose events mostly differ in what they act upon. */
    private static final Set<EventType> WITH_SUBJECT = EnumSet.of(EventType.OPEN, EventType.CONNECT);

    private static final class Tally {
        long hits;
        long samples;
        long nanos;
    }

    private static final long CLOCK_NANOS = clockNanos();

    private final RuleSet rules;
    private final int every;
    private final Map<Rule, Tally> tallies = new IdentityHashMap<>();
    /** Evaluated. */
    private final long[] events = new long[EventType.values().length];
    private long spared;
    private final Map<EventType, Alike<Boolean>> silent = new EnumMap<>(EventType.class);
    private final Map<EventType, Alike<EventRules.Applicable>> applicable = new EnumMap<>(EventType.class);
    private final Likeness likeness = new Likeness();
    private final Likeness ofAnySubject = new Likeness();
    private boolean found;
    private int untilSample;
    private long sampledEvents;
    private long sharedNanos;
    private RuleHitConsumer consumer;

    public RuleMeter(RuleSet rules) {
        this(rules, EVERY);
    }

    /** @param every one event in so many is timed */
    RuleMeter(RuleSet rules, int every) {
        this.rules = rules;
        this.every = every;
        this.untilSample = every;
        rules.rules().forEach(rule -> tallies.put(rule, new Tally()));
        for (EventType type : EventType.values()) {
            silent.put(type, new Alike<>());
            applicable.put(type, new Alike<>());
        }
    }

    public RuleSet rules() {
        return rules;
    }

    /** As {@link RuleSet#evaluate(EventView, RuleHitConsumer)}. */
    public void evaluate(EventView event, RuleHitConsumer hits) {
        consumer = hits;
        if (!event.describe(likeness)) {
            evaluateAnew(event, null);
            return;
        }
        Alike<Boolean> silentOnes = silent.get(event.type());
        if (silentOnes.get(likeness) != null) {
            spared++;
            return;
        }
        EventRules.Applicable some = WITH_SUBJECT.contains(event.type()) ? applicable(event) : null;
        event.forgetQuestions();
        found = false;
        evaluateAnew(event, some);
        if (!found && !event.isAskedForMore()) {
            silentOnes.put(likeness, true);
        }
    }

    private EventRules.Applicable applicable(EventView event) {
        Alike<EventRules.Applicable> known = applicable.get(event.type());
        ofAnySubject.ofAnySubject(likeness);
        EventRules.Applicable some = known.get(ofAnySubject);
        if (some == null) {
            some = rules.applicable(event);
            known.put(ofAnySubject, some);
        }
        return some;
    }

    /** @param some of the rules that can be true of it; null: all */
    private void evaluateAnew(EventView event, EventRules.Applicable some) {
        events[event.type().ordinal()]++;
        if (--untilSample <= 0) {
            untilSample = every;
            sampledEvents++;
            rules.evaluate(event, this, some, this);
        } else if (some == null) {
            rules.evaluate(event, this);
        } else {
            rules.evaluate(event, this, some);
        }
    }

    @Override
    public void hit(RuleHit hit) {
        found = true;
        tallies.get(hit.rule()).hits++;
        consumer.hit(hit);
    }

    @Override
    public void shared(long nanos) {
        sharedNanos += Math.max(0, nanos - CLOCK_NANOS);
    }

    @Override
    public void tested(Rule rule, long nanos) {
        Tally tally = tallies.get(rule);
        tally.samples++;
        tally.nanos += Math.max(0, nanos - CLOCK_NANOS);
    }

    /** So far, in the order of the rules; disabled ones are not among them. */
    public List<Cost> costs() {
        List<Cost> costs = new ArrayList<>();
        for (Rule rule : rules.rules()) {
            if (rule.enabled()) {
                Tally tally = tallies.get(rule);
                long asked = rule.eventTypes().stream().mapToLong(type -> events[type.ordinal()]).sum();
                costs.add(new Cost(rule, tally.hits, asked, tally.samples, tally.nanos));
            }
        }
        return costs;
    }

    /** Judged, those included that needed no evaluation. */
    public long events() {
        long sum = spared;
        for (long count : events) {
            sum += count;
        }
        return sum;
    }

    /** Of {@link #events()} those that needed no evaluation. */
    public long spared() {
        return spared;
    }

    public long sampledEvents() {
        return sampledEvents;
    }

    /** Of the sampled events, for the checks that several rules share. */
    public long sharedNanos() {
        return sharedNanos;
    }

    /** What a look at the clock takes: the least of many. */
    private static long clockNanos() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10_000; i++) {
            long start = System.nanoTime();
            least = Math.min(least, System.nanoTime() - start);
        }
        return least;
    }
}
