package io.kubeguardian.correlation;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.RuleUpdate;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.Signal;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Sends each signal to the entities whose patterns ask for it; most signals go nowhere. */
final class RouteFunction extends BroadcastProcessFunction<Signal, RuleUpdate, RoutedSignal>
        implements CheckpointedFunction {
    /** For patterns of patterns. */
    static final OutputTag<RoutedSignal> CHAINED =
            new OutputTag<>("chained", TypeInformation.of(RoutedSignal.class));
    static final OutputTag<RuleStatus> STATUS = new OutputTag<>("pattern-status", Types.RULE_STATUS);

    private static final long serialVersionUID = 1L;

    private final List<PatternSource> configured;
    private final DetectionClock clock;
    private transient BroadcastState<String, RuleBundle> state;
    private transient EffectivePatterns effective;
    private transient PatternReports reports;

    RouteFunction(List<PatternSource> configured, DetectionClock clock) {
        this.configured = configured;
        this.clock = clock;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        state = context.getOperatorStateStore().getBroadcastState(EffectivePatterns.STATE);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        // All state is Flink's own.
    }

    @Override
    public void open(OpenContext context) throws Exception {
        effective = new EffectivePatterns(configured, clock);
        effective.restore(state);
        reports = new PatternReports(getRuntimeContext(), clock);
    }

    @Override
    public void processElement(Signal signal, ReadOnlyContext context, Collector<RoutedSignal> out) {
        for (Scope scope : effective.patterns().scopes(signal)) {
            String key = scope.key(signal);
            if (key != null) {
                RoutedSignal routed = new RoutedSignal(key, scope.id(), effective.version(), signal, null);
                if (scope.level() == 0) {
                    out.collect(routed);
                } else {
                    context.output(CHAINED, routed);
                }
            }
        }
    }

    @Override
    public void processBroadcastElement(RuleUpdate update, Context context, Collector<RoutedSignal> out)
            throws Exception {
        if (update.bundle != null) {
            effective.request(update.bundle, context.getBroadcastState(EffectivePatterns.STATE));
        }
        RuleStatus status = reports.due(effective, update.bundle != null, context.currentProcessingTime());
        if (status != null) {
            context.output(STATUS, status);
        }
    }
}
