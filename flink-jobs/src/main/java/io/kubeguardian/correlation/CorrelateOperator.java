package io.kubeguardian.correlation;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.RuleUpdate;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * All patterns, by entity: signals wait until event time has come to them, are looked at in their order, and incidents
 * come out. Keyed by {@link RoutedSignal#key}.
 *
 * <p>An operator and not a function, for two reasons. It works on the heap: entities that were touched lately are
 * objects ({@link HotEntities}), written to keyed state before each checkpoint and when there is no room for them, so that
 * a signal costs no reading and writing of what its entity remembers. And it goes through the entities when the
 * watermark comes instead of setting a timer for each signal. The state is one value an entity; it must be kept by a backend
 * that serializes (RocksDB, as this job's).
 */
final class CorrelateOperator extends AbstractStreamOperator<Incident>
        implements TwoInputStreamOperator<RoutedSignal, RuleUpdate, Incident>, Triggerable<String, VoidNamespace>,
                EntityCorrelator.Output {
    /** Most signals of an entity that wait for event time. */
    static final int MOST_WAITING = 10_000;

    private static final long serialVersionUID = 1L;
    private static final ValueStateDescriptor<EntityState> ENTITY =
            new ValueStateDescriptor<>("entity", TypeInformation.of(EntityState.class));
    private static final int CHAINED_EVIDENCE = 16;

    private final List<PatternSource> configured;
    private final DetectionClock clock;
    private final long quietMillis;
    private final int hotSignals;

    private transient BroadcastState<String, RuleBundle> broadcast;
    private transient EffectivePatterns effective;
    private transient ValueState<EntityState> states;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient HotEntities hot;
    private transient EntityCorrelator correlator;
    private transient CorrelationCounters counters;
    private transient long watermark;

    /**
     * @param quietMillis after which an incident closes
     * @param hotSignals most signals on the heap
     */
    CorrelateOperator(List<PatternSource> configured, DetectionClock clock, long quietMillis, int hotSignals) {
        this.configured = configured;
        this.clock = clock;
        this.quietMillis = quietMillis;
        this.hotSignals = hotSignals;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        broadcast = context.getOperatorStateStore().getBroadcastState(EffectivePatterns.STATE);
    }

    @Override
    public void open() throws Exception {
        super.open();
        states = getRuntimeContext().getState(ENTITY);
        timers = getInternalTimerService("entities", VoidNamespaceSerializer.INSTANCE, this);
        hot = new HotEntities(hotSignals);
        counters = new CorrelationCounters(getMetricGroup());
        correlator = new EntityCorrelator(
                new Incidents(clock, quietMillis, counters), counters, getRuntimeContext());
        effective = new EffectivePatterns(configured, clock);
        effective.restore(broadcast);
        correlator.prepare(effective.patterns());
        watermark = Long.MIN_VALUE;
    }

    @Override
    public void processElement1(StreamRecord<RoutedSignal> element) throws Exception {
        RoutedSignal routed = element.getValue();
        HotEntities.Entity entity = entity(routed.key, true);
        EntityState state = entity.state();
        state.scope = routed.scope;
        if (state.waiting.size() >= MOST_WAITING) {
            counters.dropped(1);
            return;
        }
        state.waiting.add(new KeptSignal(element.getTimestamp(), routed.signal, routed.evidence, routed.version));
        hot.waits(entity);
        makeRoom();
    }

    @Override
    public void processElement2(StreamRecord<RuleUpdate> element) throws Exception {
        RuleBundle bundle = element.getValue().bundle;
        if (bundle == null) {
            return;
        }
        if (effective.request(bundle, broadcast)) {
            correlator.prepare(effective.patterns());
            for (HotEntities.Entity entity : hot.all()) {
                if (effective.patterns().scope(entity.state().scope) == null) {
                    hot.remove(entity);
                }
            }
            this.<String>getKeyedStateBackend().applyToAllKeys(VoidNamespace.INSTANCE,
                    VoidNamespaceSerializer.INSTANCE, ENTITY, (key, state) -> {
                        if (effective.patterns().scope(state.value().scope) == null) {
                            state.clear();
                        }
                    });
        }
        // What a newer set has sent waited for this one.
        hot.all().stream().filter(entity -> !entity.state().waiting.isEmpty()).forEach(hot::waits);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermark = mark.getTimestamp();
        for (HotEntities.Entity entity : hot.takeWaiting()) {
            advance(entity);
        }
        makeRoom();
        super.processWatermark(mark);
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        HotEntities.Entity entity = entity(timer.getKey(), false);
        if (entity != null) {
            if (entity.state().timer <= timer.getTimestamp()) {
                entity.state().timer = 0;
            }
            advance(entity);
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("no timer of processing time is ever set");
    }

    private void advance(HotEntities.Entity entity) throws Exception {
        EntityState state = entity.state();
        Scope scope = effective.patterns().scope(state.scope);
        if (scope == null) {
            // Withdrawn; or of a newer set, which is on its way here and which its waiting signals are for.
            if (state.waiting.stream().noneMatch(signal -> signal.version > effective.version())) {
                forget(entity);
            } else {
                hot.waits(entity);
            }
            return;
        }
        correlator.advance(state, scope, entity.key(), watermark, effective.version(), this);
        hot.changed(entity);
        if (state.isEmpty()) {
            forget(entity);
            return;
        }
        if (!state.waiting.isEmpty()) {
            hot.waits(entity);
        }
        long next = correlator.nextTime(state, scope);
        // After the end of all days, as a replay ends, there is no other time.
        if (next != Long.MAX_VALUE && watermark != Long.MAX_VALUE) {
            wake(entity, Math.max(next, watermark + 1));
        }
    }

    /** Sees to it that the entity is looked at at a time or before. */
    private void wake(HotEntities.Entity entity, long time) {
        EntityState state = entity.state();
        if (state.timer == 0 || time < state.timer) {
            setCurrentKey(entity.key());
            if (state.timer != 0) {
                timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, state.timer);
            }
            state.timer = time;
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, time);
        }
    }

    private void forget(HotEntities.Entity entity) {
        setCurrentKey(entity.key());
        if (entity.state().timer != 0) {
            timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, entity.state().timer);
        }
        states.clear();
        hot.remove(entity);
    }

    /** Null when it is not known, and shall not be made. */
    private HotEntities.Entity entity(String key, boolean make) throws Exception {
        HotEntities.Entity entity = hot.get(key);
        if (entity == null) {
            setCurrentKey(key);
            EntityState state = states.value();
            if (state == null && !make) {
                return null;
            }
            entity = hot.add(key, state == null ? new EntityState() : state);
        }
        return entity;
    }

    private void makeRoom() throws Exception {
        for (HotEntities.Entity cold = hot.tooMuch(); cold != null; cold = hot.tooMuch()) {
            write(cold);
            hot.remove(cold);
        }
    }

    private void write(HotEntities.Entity entity) throws Exception {
        long first = Long.MAX_VALUE;
        for (KeptSignal waiting : entity.state().waiting) {
            first = Math.min(first, waiting.time);
        }
        if (first != Long.MAX_VALUE && watermark != Long.MAX_VALUE) {
            wake(entity, Math.max(first, watermark + 1));
        }
        setCurrentKey(entity.key());
        states.update(entity.state());
    }

    /** All that is on the heap alone goes into state. */
    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        for (HotEntities.Entity entity : hot.takeChanged()) {
            write(entity);
        }
    }

    @Override
    public void incident(Incident incident) {
        output.collect(new StreamRecord<>(incident, incident.getLastEventTime() / 1_000_000));
    }

    @Override
    public void matched(CorrelationPattern pattern, KeptSignal last, List<Signal> evidence) {
        Signal match = Signal.newBuilder(last.signal).setId(Ids.of("match", pattern.id(), last.signal.getId()))
                .setKind(SignalKind.OTHER).setRule(pattern.reference()).build();
        List<Signal> some = evidence.size() <= CHAINED_EVIDENCE ? evidence
                : new ArrayList<>(evidence.subList(evidence.size() - CHAINED_EVIDENCE, evidence.size()));
        for (Scope scope : effective.patterns().scopes(match)) {
            String key = scope.level() == 0 ? null : scope.key(match);
            if (key != null) {
                output.collect(RouteFunction.CHAINED, new StreamRecord<>(
                        new RoutedSignal(key, scope.id(), effective.version(), match, some), last.time));
            }
        }
    }

    @Override
    public void close() throws Exception {
        if (correlator != null) {
            correlator.close();
        }
        super.close();
    }
}
