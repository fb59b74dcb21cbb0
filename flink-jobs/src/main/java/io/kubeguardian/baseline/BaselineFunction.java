package io.kubeguardian.baseline;

import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.Observation;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The baseline of each workload, learned from all of its replicas together. Keyed by workload. */
public final class BaselineFunction extends KeyedProcessFunction<String, Observation, Signal> {
    private static final long serialVersionUID = 1L;

    /** A baseline that nothing used for this long goes, milliseconds: its workload is gone. */
    static final long FORGET_MILLIS = 30L * 24 * 3600 * 1000;

    private final DetectionSettings settings;

    private transient Baseline baseline;
    private transient ValueState<BaselineState> states;
    private transient MapState<String, BaselineItem> items;
    private transient Counter learned;
    private transient Counter drift;
    private transient Counter overflow;

    public BaselineFunction(DetectionSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        baseline = new Baseline(settings.learningSeconds(), settings.quietSeconds(), settings.baselineLimit());
        states = getRuntimeContext().getState(
                new ValueStateDescriptor<>("baseline", TypeInformation.of(BaselineState.class)));
        items = getRuntimeContext().getMapState(new MapStateDescriptor<>(
                "items", BasicTypeInfo.STRING_TYPE_INFO, TypeInformation.of(BaselineItem.class)));
        learned = getRuntimeContext().getMetricGroup().counter("learned");
        drift = getRuntimeContext().getMetricGroup().counter("drift");
        overflow = getRuntimeContext().getMetricGroup().counter("overflow");
    }

    @Override
    public void processElement(Observation observation, Context context, Collector<Signal> out) throws Exception {
        long time = observation.signal.getEventTime();
        BaselineState state = states.value();
        if (state == null) {
            state = new BaselineState();
            context.timerService().registerEventTimeTimer(time / 1_000_000 + FORGET_MILLIS);
        }
        baseline.advance(state, time);
        String key = observation.kind + '|' + observation.item;
        if (!items.contains(key)) {
            Baseline.Verdict verdict = baseline.meet(state, observation.kind, time);
            switch (verdict) {
                case LEARNED -> {
                    learned.inc();
                    items.put(key, new BaselineItem(time, false));
                }
                case DRIFT -> {
                    drift.inc();
                    items.put(key, new BaselineItem(time, true));
                    out.collect(driftSignal(observation, state));
                }
                case SATURATED -> {
                    overflow.inc();
                    out.collect(saturatedSignal(observation));
                }
                default -> overflow.inc();
            }
        }
        states.update(state);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Signal> out) throws Exception {
        BaselineState state = states.value();
        if (state == null) {
            return;
        }
        long forget = state.lastSeen / 1_000_000 + FORGET_MILLIS;
        if (forget <= timestamp) {
            states.clear();
            items.clear();
        } else {
            context.timerService().registerEventTimeTimer(forget);
        }
    }

    private static Signal driftSignal(Observation observation, BaselineState state) {
        Signal signal = observation.signal;
        int known = state.learned.getOrDefault(observation.kind, 0);
        String since = Instant.ofEpochSecond(state.readySince / 1_000_000_000L).truncatedTo(ChronoUnit.SECONDS)
                .toString();
        String what =
                observation.kind.equals("exec") ? "a program that it never ran" : "a destination that it never had";
        signal.setOutput(signal.getWorkload().getName() + " used " + what + " while its baseline was learned: "
                + observation.item + " (baseline ready since " + since + ", " + known + " known "
                + observation.kind + " items)");
        signal.getOutputFields().put("kubeguardian.baseline.ready_since", since);
        signal.getOutputFields().put("kubeguardian.baseline.items", Integer.toString(known));
        return signal;
    }

    private Signal saturatedSignal(Observation observation) {
        Signal signal = observation.signal;
        signal.setKind(SignalKind.GAP);
        signal.setRule("gap.baseline");
        signal.setPriority(Priority.NOTICE);
        signal.setOutput("The baseline of " + signal.getWorkload().getName() + " is saturated: more than "
                + settings.baselineLimit() + " different " + observation.kind
                + " items while learning; drift of this kind is not judged");
        return signal;
    }
}
