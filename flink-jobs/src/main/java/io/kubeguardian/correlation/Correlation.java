package io.kubeguardian.correlation;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.RuleUpdate;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.Signal;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;

/**
 * Patterns over signals, which change while the job runs.
 *
 * <pre>
 *   signals ─ route ─────── keyBy entity ─ correlate ─────────► incidents
 *             │   │ chained                    │ matches
 *             │   └──────── keyBy entity ─ correlate-chained ─► incidents
 *             └► status
 *   pattern updates ─ broadcast to all three
 * </pre>
 */
public final class Correlation {
    /** Most signals that an operator's subtask has on the heap: some hundred megabytes. */
    static final int HOT_SIGNALS = 200_000;

    /** @param status what each subtask runs */
    public record Streams(DataStream<Incident> incidents, DataStream<RuleStatus> status) {}

    private Correlation() {}

    /**
     * @param updates bundles of patterns; they must not hold back event time
     * @param configured the patterns to begin with
     * @param quietMillis after which an incident closes
     */
    public static Streams of(
            DataStream<Signal> signals, DataStream<RuleUpdate> updates, List<PatternSource> configured,
            long quietMillis, DetectionClock clock) {
        SingleOutputStreamOperator<RoutedSignal> route = signals
                .connect(updates.broadcast(EffectivePatterns.STATE))
                .process(new RouteFunction(configured, clock), TypeInformation.of(RoutedSignal.class))
                .name("route").uid("route");
        SingleOutputStreamOperator<Incident> correlate = correlate(
                route, updates, new CorrelateOperator(configured, clock, quietMillis, HOT_SIGNALS), "correlate");
        SingleOutputStreamOperator<Incident> chained = correlate(
                route.getSideOutput(RouteFunction.CHAINED).union(correlate.getSideOutput(RouteFunction.CHAINED)),
                updates, new CorrelateOperator(configured, clock, quietMillis, HOT_SIGNALS), "correlate-chained");
        return new Streams(correlate.union(chained), route.getSideOutput(RouteFunction.STATUS));
    }

    /** The first operator by itself, for who measures it. */
    public static TwoInputStreamOperator<Signal, RuleUpdate, RoutedSignal> route(List<PatternSource> configured) {
        return new CoBroadcastWithNonKeyedOperator<>(
                new RouteFunction(configured, DetectionClock.system()), List.of(EffectivePatterns.STATE));
    }

    /** The second one, likewise: keyed by {@link RoutedSignal#key}. */
    public static TwoInputStreamOperator<RoutedSignal, RuleUpdate, Incident> correlate(
            List<PatternSource> configured, long quietMillis) {
        return new CorrelateOperator(configured, DetectionClock.system(), quietMillis, HOT_SIGNALS);
    }

    private static SingleOutputStreamOperator<Incident> correlate(
            DataStream<RoutedSignal> routed, DataStream<RuleUpdate> updates, CorrelateOperator operator, String name) {
        return routed.keyBy(signal -> signal.key)
                .connect(updates.broadcast())
                .transform(name, Types.INCIDENT, operator)
                .uid(name);
    }
}
