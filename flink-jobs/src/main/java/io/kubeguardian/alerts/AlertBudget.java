package io.kubeguardian.alerts;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Bounds what people are told about one workload: of each priority so many signals in a window become alerts, so that noise
 * uses up its own budget and not that of what is urgent. The first that is held back is told at once, and how many of
 * which rule at the window's end. Signals, risk and incidents are as before; only their alerts are fewer, and an
 * incident's is never held back. Keyed by workload.
 */
public final class AlertBudget extends KeyedProcessFunction<String, Signal, Signal> {
    private static final long serialVersionUID = 1L;

    /** Most rules that are counted each by itself. */
    static final int RULES = 20;

    private static final String OTHERS = "other rules";

    private final int most;
    private final long windowMillis;
    private final DetectionClock clock;
    private transient ValueState<BudgetState> states;
    private transient Counter heldBack;

    /**
     * @param most alerts of one priority in a window; 0: no bound
     * @param windowSeconds of event time
     */
    public AlertBudget(int most, int windowSeconds, DetectionClock clock) {
        this.most = most;
        this.windowMillis = windowSeconds * 1000L;
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        states = getRuntimeContext().getState(
                new ValueStateDescriptor<>("budget", TypeInformation.of(BudgetState.class)));
        heldBack = getRuntimeContext().getMetricGroup().counter("alertsHeldBack");
    }

    @Override
    public void processElement(Signal signal, Context context, Collector<Signal> out) throws Exception {
        if (most == 0) {
            out.collect(signal);
            return;
        }
        BudgetState state = states.value();
        if (state == null) {
            state = new BudgetState();
            state.start = context.timestamp();
            context.timerService().registerEventTimeTimer(state.start + windowMillis);
        }
        String priority = signal.getPriority().name();
        int told = state.told.getOrDefault(priority, 0);
        if (told < most) {
            state.told.put(priority, told + 1);
            out.collect(signal);
        } else {
            hold(signal, state, context.getCurrentKey(), out);
        }
        states.update(state);
    }

    private void hold(Signal signal, BudgetState state, String workload, Collector<Signal> out) {
        heldBack.inc();
        String rule = state.held.containsKey(signal.getRule()) || state.held.size() < RULES ? signal.getRule() : OTHERS;
        state.held.merge(rule, 1L, Long::sum);
        if (state.about == null) {
            state.about = Signal.newBuilder(signal).setKind(SignalKind.HELD).setRule("held.budget").setProcess(null)
                    .setAncestors(List.of()).setTags(List.of()).setTechniques(List.of()).setOrigin("")
                    .setUnmapped(Map.of()).setOutputFields(Map.of()).setOutput("").build();
            out.collect(summary(state, workload, "begin", signal.getEventTime(), "Alert budget of " + workload + " used up: "
                    + most + " alerts of priority " + signal.getPriority() + " in " + windowMillis / 1000
                    + " s; further ones are on the signals topic alone", Map.of()));
        } else {
            state.about.setCompleteness(worse(state.about.getCompleteness(), signal.getCompleteness()));
            if (signal.getPriority().compareTo(state.about.getPriority()) < 0) {
                state.about.setPriority(signal.getPriority());
            }
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Signal> out) throws Exception {
        BudgetState state = states.value();
        states.clear();
        if (state != null && state.about != null) {
            long count = state.held.values().stream().mapToLong(Long::longValue).sum();
            String rules = state.held.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .map(rule -> rule.getValue() + " × " + rule.getKey()).collect(Collectors.joining(", "));
            out.collect(summary(state, context.getCurrentKey(), "end", timestamp * 1_000_000, "Alert budget of "
                    + context.getCurrentKey() + ": " + count + " alerts held back: " + rules,
                    Map.of("kubeguardian.held", Long.toString(count))));
        }
    }

    private Signal summary(
            BudgetState state, String workload, String when, long eventTime, String output, Map<String, String> fields) {
        return Signal.newBuilder(state.about).setId(Ids.of("held.budget", workload, state.start, when))
                .setEventTime(eventTime).setDetectedTime(clock.nanos()).setOutput(output)
                .setOutputFields(new HashMap<>(fields)).build();
    }

    private static Completeness worse(Completeness a, Completeness b) {
        return new Completeness(a.getComplete() && b.getComplete(), Math.max(a.getLostEvents(), b.getLostEvents()),
                Math.max(a.getMissingBatches(), b.getMissingBatches()));
    }
}
