package io.kubeguardian.correlation;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Signal;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.EventComparator;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Patterns over signals, on Flink CEP.
 *
 * <pre>
 *   signals ─ filter: the pattern's rules ─ keyBy group-by ─ cap ─ keyBy group-by ─ CEP (event time) ─► incidents
 * </pre>
 */
public final class Correlation {
    private Correlation() {}

    /** The incidents of all patterns, of which there must be at least one. */
    public static DataStream<Incident> incidents(
            DataStream<Signal> signals, List<CorrelationPattern> patterns, DetectionClock clock) {
        DataStream<Incident> all = null;
        for (CorrelationPattern pattern : patterns) {
            DataStream<Incident> incidents = incidents(signals, pattern, clock);
            all = all == null ? incidents : all.union(incidents);
        }
        return all;
    }

    private static SingleOutputStreamOperator<Incident> incidents(
            DataStream<Signal> signals, CorrelationPattern pattern, DetectionClock clock) {
        GroupKey key = new GroupKey(pattern.groupBy());
        Set<String> rules = new HashSet<>(pattern.rules());
        String uid = "pattern-" + pattern.id();
        KeyedStream<Signal, String> capped = signals
                .filter(signal -> rules.contains(signal.getRule()) && key.complete(signal))
                .name(uid + "-filter").uid(uid + "-filter")
                .keyBy(key)
                .process(new SignalCap(pattern.timespanMillis()), Types.SIGNAL)
                .name(uid + "-cap").uid(uid + "-cap")
                .keyBy(key);
        return CEP.pattern(capped, cep(pattern), new BySensorClock())
                .inEventTime()
                .process(new IncidentFunction(pattern, clock), Types.INCIDENT)
                .name(uid).uid(uid);
    }

    /** One incident per completed story: what a match used, and what began before its end, starts no other. */
    private static Pattern<Signal, ?> cep(CorrelationPattern pattern) {
        Pattern<Signal, Signal> cep =
                Pattern.<Signal>begin(step(0), AfterMatchSkipStrategy.skipPastLastEvent())
                        .where(new OfRule(pattern.rules().get(0)));
        for (int i = 1; i < pattern.rules().size(); i++) {
            cep = cep.followedBy(step(i)).where(new OfRule(pattern.rules().get(i)));
        }
        return cep.within(Duration.ofMillis(pattern.timespanMillis()));
    }

    static String step(int index) {
        return "step" + index;
    }

    private static final class OfRule extends SimpleCondition<Signal> {
        private static final long serialVersionUID = 1L;

        private final String rule;

        OfRule(String rule) {
            this.rule = rule;
        }

        @Override
        public boolean filter(Signal signal) {
            return rule.equals(signal.getRule());
        }
    }

    /** Within one millisecond of Flink's event time the sensor's nanoseconds decide. */
    private static final class BySensorClock implements EventComparator<Signal> {
        private static final long serialVersionUID = 1L;

        @Override
        public int compare(Signal a, Signal b) {
            int byTime = Long.compare(a.getEventTime(), b.getEventTime());
            return byTime != 0 ? byTime : a.getId().compareTo(b.getId());
        }
    }
}
