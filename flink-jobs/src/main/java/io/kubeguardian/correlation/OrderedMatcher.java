package io.kubeguardian.correlation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.cep.configuration.SharedBufferCacheConfig;
import org.apache.flink.cep.nfa.NFA;
import org.apache.flink.cep.nfa.NFAState;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.nfa.compiler.NFACompiler;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBuffer;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBufferAccessor;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.configuration.Configuration;

/**
 * Patterns whose order matters, by Flink CEP: each is compiled to CEP's automaton when it is first needed, and the
 * automaton is run over the signals that an entity has kept when they may hold a match. It keeps nothing between two
 * runs, so a pattern can come and go while the job runs and an entity's state is its signals alone.
 */
final class OrderedMatcher implements AutoCloseable {
    /** A signal in a pattern's eyes; public with all its parts because Flink makes its serializer. */
    public static final class Step {
        public KeptSignal kept;
        public int steps;

        public Step() {}

        Step(KeptSignal kept, int steps) {
            this.kept = kept;
            this.steps = steps;
        }
    }

    private static final Duration NO_STATISTICS = Duration.ofDays(365);
    private static final int CACHE_SLOTS = 1024;
    private static final AfterMatchSkipStrategy SKIP = AfterMatchSkipStrategy.skipPastLastEvent();

    private final HeapStates states = new HeapStates();
    private final SharedBuffer<Step> buffer = new SharedBuffer<>(states,
            TypeInformation.of(Step.class).createSerializer(new SerializerConfigImpl()),
            new SharedBufferCacheConfig(CACHE_SLOTS, CACHE_SLOTS, NO_STATISTICS));
    private final Map<CorrelationPattern, NFA<Step>> automata = new HashMap<>();
    private final RuntimeContext runtime;

    OrderedMatcher(RuntimeContext runtime) {
        this.runtime = runtime;
    }

    /**
     * The first match, in the order of the steps; null: there is none.
     *
     * @param end where time stands, exclusive, milliseconds: what is not followed by something is so at that time
     */
    List<KeptSignal> match(CorrelationPattern pattern, List<Step> signals, long end) {
        NFA<Step> nfa = automata.computeIfAbsent(pattern, this::compile);
        try {
            NFAState state = nfa.createInitialNFAState();
            for (Step step : signals) {
                try (SharedBufferAccessor<Step> accessor = buffer.getAccessor()) {
                    nfa.advanceTime(accessor, state, step.kept.time, SKIP);
                    List<KeptSignal> match = first(
                            nfa.process(accessor, state, step, step.kept.time, SKIP, System::currentTimeMillis));
                    if (match != null) {
                        return match;
                    }
                }
            }
            if (pattern.type() == CorrelationType.NOT_FOLLOWED_BY) {
                try (SharedBufferAccessor<Step> accessor = buffer.getAccessor()) {
                    return first(nfa.advanceTime(accessor, state, end, SKIP).f0);
                }
            }
            return null;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the automaton of pattern " + pattern.id() + " failed", e);
        } finally {
            states.clear();
        }
    }

    private static List<KeptSignal> first(Collection<Map<String, List<Step>>> matches) {
        if (matches.isEmpty()) {
            return null;
        }
        Map<String, List<Step>> match = matches.iterator().next();
        List<KeptSignal> signals = new ArrayList<>();
        for (int i = 0; match.containsKey(name(i)); i++) {
            match.get(name(i)).forEach(step -> signals.add(step.kept));
        }
        return signals;
    }

    private NFA<Step> compile(CorrelationPattern pattern) {
        try {
            NFA<Step> nfa = NFACompiler.compileFactory(cep(pattern), false).createNFA();
            nfa.open(runtime, new Configuration());
            return nfa;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("pattern " + pattern.id() + " cannot be compiled", e);
        }
    }

    private static Pattern<Step, ?> cep(CorrelationPattern pattern) {
        int last = pattern.selectors().size() - 1;
        boolean absence = pattern.type() == CorrelationType.NOT_FOLLOWED_BY;
        Pattern<Step, Step> cep = Pattern.<Step>begin(name(0), SKIP).where(new Takes(0));
        for (int i = 1; i <= last; i++) {
            cep = (absence && i == last ? cep.notFollowedBy("absent") : cep.followedBy(name(i))).where(new Takes(i));
        }
        return cep.within(Duration.ofMillis(pattern.timespanMillis()));
    }

    private static String name(int step) {
        return "step" + step;
    }

    private static final class Takes extends SimpleCondition<Step> {
        private static final long serialVersionUID = 1L;

        private final int bit;

        Takes(int step) {
            this.bit = 1 << step;
        }

        @Override
        public boolean filter(Step step) {
            return (step.steps & bit) != 0;
        }
    }

    /**
     * Forgets the patterns before, compiles these, and runs each once over its own steps: that an attack comes must not be
     * what the code is loaded for.
     */
    void prepare(List<CorrelationPattern> patterns) {
        automata.clear();
        for (CorrelationPattern pattern : patterns) {
            if (pattern.type().isOrdered()) {
                int last = pattern.selectors().size() - (pattern.type() == CorrelationType.NOT_FOLLOWED_BY ? 1 : 0);
                List<Step> story = new ArrayList<>();
                for (int i = 0; i < last; i++) {
                    story.add(new Step(new KeptSignal(i, null, null, 0), 1 << i));
                }
                if (match(pattern, story, pattern.timespanMillis()) == null) {
                    throw new IllegalStateException("pattern " + pattern.id() + " does not match its own steps");
                }
            }
        }
    }

    @Override
    public void close() {
        buffer.releaseCacheStatisticsTimer();
    }
}
