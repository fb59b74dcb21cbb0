package io.kubeguardian.baseline;

import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.Observation;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.Map;
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

/**
 * The baseline of each workload, learned from all of its replicas together. Keyed by workload.
 *
 * <p>A drift is told for each pod and program that it is new to: that one replica was attacked, or that a download
 * came from where the downloaded program now connects, must not hide the same of another. It is told again once a
 * containment that it may have led to is over, so that an attack that goes on is a story of its own.
 */
public final class BaselineFunction extends KeyedProcessFunction<String, Observation, Signal> {
    private static final long serialVersionUID = 1L;

    /** A baseline that nothing used for this long goes, milliseconds: its workload is gone. */
    static final long FORGET_MILLIS = 30L * 24 * 3600 * 1000;
    /** The same drift of the same program in the same pod is not told again for longer than this, seconds. */
    private static final long MOST_SILENCE_SECONDS = 900;

    private final DetectionSettings settings;

    private transient Baseline baseline;
    private transient ValueState<BaselineState> states;
    private transient MapState<String, BaselineItem> items;
    /** When a drift was last told, event time in nanoseconds. */
    private transient MapState<String, Long> told;
    private transient Counter learned;
    private transient Counter drift;
    private transient Counter repeats;
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
        told = getRuntimeContext().getMapState(new MapStateDescriptor<>(
                "told", BasicTypeInfo.STRING_TYPE_INFO, BasicTypeInfo.LONG_TYPE_INFO));
        learned = getRuntimeContext().getMetricGroup().counter("learned");
        drift = getRuntimeContext().getMetricGroup().counter("drift");
        repeats = getRuntimeContext().getMetricGroup().counter("repeatsHeldBack");
        overflow = getRuntimeContext().getMetricGroup().counter("overflow");
    }

    @Override
    public void processElement(Observation observation, Context context, Collector<Signal> out) throws Exception {
        long time = observation.signal.getEventTime();
        BaselineState state = states.value();
        if (state == null) {
            state = new BaselineState();
            state.forgetAt = time / 1_000_000 + FORGET_MILLIS;
            context.timerService().registerEventTimeTimer(state.forgetAt);
        }
        baseline.advance(state, time);
        String item = observation.kind + '|' + observation.item;
        if (!items.contains(item)) {
            meet(observation, item, time, state, context, out);
        }
        states.update(state);
    }

    private void meet(
            Observation observation, String item, long time, BaselineState state, Context context,
            Collector<Signal> out)
            throws Exception {
        ProcessRef process = observation.signal.getProcess();
        String drifting = item + '|' + observation.signal.getPod().getUid() + '|'
                + (process == null ? "" : process.getExe());
        Long before = told.get(drifting);
        if (before != null && time - before < silenceNanos()) {
            repeats.inc();
            return;
        }
        switch (baseline.meet(state, observation.kind, time)) {
            case LEARNED -> {
                learned.inc();
                items.put(item, new BaselineItem(time));
            }
            case DRIFT -> {
                drift.inc();
                told.put(drifting, time);
                if (state.tellAgainAt == 0) {
                    tellAgainAfter(time, state, context);
                }
                out.collect(driftSignal(observation, state));
            }
            case SATURATED -> {
                overflow.inc();
                out.collect(saturatedSignal(observation, state));
            }
            default -> overflow.inc();
        }
    }

    private long silenceNanos() {
        return Math.min(settings.containSeconds(), MOST_SILENCE_SECONDS) * 1_000_000_000L;
    }

    private void tellAgainAfter(long time, BaselineState state, Context context) {
        state.tellAgainAt = (time + silenceNanos()) / 1_000_000 + 1;
        context.timerService().registerEventTimeTimer(state.tellAgainAt);
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
            told.clear();
            return;
        }
        if (state.forgetAt <= timestamp) {
            state.forgetAt = forget;
            context.timerService().registerEventTimeTimer(forget);
        }
        if (state.tellAgainAt != 0 && state.tellAgainAt <= timestamp) {
            forgetTold(timestamp * 1_000_000, state, context);
        }
        states.update(state);
    }

    private void forgetTold(long now, BaselineState state, Context context) throws Exception {
        state.drifted.clear();
        state.tellAgainAt = 0;
        long oldest = Long.MAX_VALUE;
        for (Iterator<Map.Entry<String, Long>> all = told.iterator(); all.hasNext(); ) {
            Map.Entry<String, Long> entry = all.next();
            if (now - entry.getValue() >= silenceNanos()) {
                all.remove();
            } else {
                oldest = Math.min(oldest, entry.getValue());
                state.drifted.merge(entry.getKey().substring(0, entry.getKey().indexOf('|')), 1, Integer::sum);
            }
        }
        if (oldest == Long.MAX_VALUE) {
            told.clear(); // on the heap an empty map would stay for every key there ever was
        } else {
            tellAgainAfter(oldest, state, context);
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

    private Signal saturatedSignal(Observation observation, BaselineState state) {
        Signal signal = observation.signal;
        signal.setKind(SignalKind.GAP);
        signal.setRule("gap.baseline");
        signal.setPriority(Priority.NOTICE);
        String more = "more than " + settings.baselineLimit() + " different " + observation.kind + " items ";
        signal.setOutput(state.saturated(observation.kind)
                ? "The baseline of " + signal.getWorkload().getName() + " is saturated: " + more
                        + "while learning; drift of this kind is not judged"
                : signal.getWorkload().getName() + " drifts too much: " + more + "outside its baseline within "
                        + silenceNanos() / 1_000_000_000L + " s; further ones are not told until then");
        return signal;
    }
}
