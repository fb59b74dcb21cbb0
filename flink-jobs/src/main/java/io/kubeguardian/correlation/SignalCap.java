package io.kubeguardian.correlation;

import io.kubeguardian.schema.Signal;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps a pattern's state bounded per key: of a run of signals of one rule the first {@value #RUN} pass and then one
 * per 1/{@value #PER_TIMESPAN} of the timespan (a later signal of another rule finds one nearly as old and one
 * nearly as young); of each rule at most {@value #MOST} in a timespan, so that a flood of a story's beginning does not
 * keep out its end. What does not pass is counted.
 */
final class SignalCap extends KeyedProcessFunction<String, Signal, Signal> {
    private static final long serialVersionUID = 1L;

    static final int RUN = 8;
    static final int PER_TIMESPAN = 32;
    static final int MOST = 128;

    private final long timespanMillis;
    private transient ValueState<CapState> states;
    private transient Counter capped;

    SignalCap(long timespanMillis) {
        this.timespanMillis = timespanMillis;
    }

    @Override
    public void open(OpenContext context) {
        states = getRuntimeContext().getState(
                new ValueStateDescriptor<>("cap", TypeInformation.of(CapState.class)));
        capped = getRuntimeContext().getMetricGroup().counter("capped");
    }

    @Override
    public void processElement(Signal signal, Context context, Collector<Signal> out) throws Exception {
        long now = context.timestamp();
        CapState state = states.value();
        if (state == null) {
            state = new CapState();
            context.timerService().registerEventTimeTimer(now + timespanMillis);
        }
        if (!signal.getRule().equals(state.rule)) {
            state.rule = signal.getRule();
            state.run = 0;
        }
        boolean spaced = now - state.lastPassed >= timespanMillis / PER_TIMESPAN;
        int total = state.totals.getOrDefault(signal.getRule(), 0);
        if ((state.run < RUN || spaced) && total < MOST) {
            state.run++;
            state.totals.put(signal.getRule(), total + 1);
            state.lastPassed = now;
            out.collect(signal);
        } else {
            capped.inc();
        }
        states.update(state);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Signal> out) {
        states.clear();
    }
}
