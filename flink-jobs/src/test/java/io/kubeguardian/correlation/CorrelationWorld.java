package io.kubeguardian.correlation;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.RuleUpdate;
import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;

/** The three operators of correlation with RocksDB, one after the other as the job has them. */
final class CorrelationWorld implements AutoCloseable {
    static final long QUIET = 900_000;

    /** Of route, correlate and correlate-chained. */
    record Snapshot(OperatorSubtaskState route, OperatorSubtaskState correlate, OperatorSubtaskState chained) {}

    private final TwoInputStreamOperatorTestHarness<Signal, RuleUpdate, RoutedSignal> route;
    private final KeyedTwoInputStreamOperatorTestHarness<String, RoutedSignal, RuleUpdate, Incident> correlate;
    private final KeyedTwoInputStreamOperatorTestHarness<String, RoutedSignal, RuleUpdate, Incident> chained;
    private final List<Incident> told = new ArrayList<>();
    private int routedChained;
    private int matchedChained;

    CorrelationWorld(List<PatternSource> patterns) throws Exception {
        this(patterns, null, Correlation.HOT_SIGNALS);
    }

    CorrelationWorld(List<PatternSource> patterns, Snapshot from, int hotSignals) throws Exception {
        DetectionClock clock = () -> SignalExamples.START * 1_000_000;
        route = new TwoInputStreamOperatorTestHarness<>(new CoBroadcastWithNonKeyedOperator<>(
                new RouteFunction(patterns, clock), List.of(EffectivePatterns.STATE)));
        route.setup(TypeInformation.of(RoutedSignal.class)
                .createSerializer(route.getExecutionConfig().getSerializerConfig()));
        if (from != null) {
            route.initializeState(from.route);
        }
        route.open();
        correlate = operator(patterns, clock, from == null ? null : from.correlate, hotSignals);
        chained = operator(patterns, clock, from == null ? null : from.chained, hotSignals);
    }

    private static KeyedTwoInputStreamOperatorTestHarness<String, RoutedSignal, RuleUpdate, Incident> operator(
            List<PatternSource> patterns, DetectionClock clock, OperatorSubtaskState from, int hotSignals)
            throws Exception {
        var operator = new KeyedTwoInputStreamOperatorTestHarness<>(
                new CorrelateOperator(patterns, clock, QUIET, hotSignals), (RoutedSignal signal) -> signal.key, null,
                BasicTypeInfo.STRING_TYPE_INFO);
        operator.setStateBackend(new EmbeddedRocksDBStateBackend());
        operator.setup(Types.INCIDENT.createSerializer(operator.getExecutionConfig().getSerializerConfig()));
        if (from != null) {
            operator.initializeState(from);
        }
        operator.open();
        return operator;
    }

    /** A signal at its own event time. */
    void send(Signal signal) throws Exception {
        long time = signal.getEventTime() / 1_000_000;
        route.processElement1(new StreamRecord<>(signal, time));
        for (StreamRecord<? extends RoutedSignal> routed : route.extractOutputStreamRecords()) {
            correlate.processElement1(new StreamRecord<>(routed.getValue(), routed.getTimestamp()));
        }
        route.getOutput().clear();
        routedChained = forward(route.getSideOutput(RouteFunction.CHAINED), routedChained);
    }

    private int forward(Queue<StreamRecord<RoutedSignal>> side, int from) throws Exception {
        if (side == null) {
            return 0;
        }
        List<StreamRecord<RoutedSignal>> all = new ArrayList<>(side);
        for (StreamRecord<RoutedSignal> record : all.subList(from, all.size())) {
            chained.processElement1(record);
        }
        return all.size();
    }

    /** Event time has come so far. @param millis after {@link SignalExamples#START} */
    void time(long millis) throws Exception {
        Watermark mark = new Watermark(millis == Long.MAX_VALUE ? millis : SignalExamples.START + millis);
        correlate.processBothWatermarks(mark);
        matchedChained = forward(correlate.getSideOutput(RouteFunction.CHAINED), matchedChained);
        chained.processBothWatermarks(mark);
        told.addAll(correlate.extractOutputValues());
        told.addAll(chained.extractOutputValues());
        correlate.getOutput().clear();
        chained.getOutput().clear();
    }

    void publish(RuleBundle bundle) throws Exception {
        RuleUpdate update = new RuleUpdate(bundle);
        route.processElement2(new StreamRecord<>(update));
        correlate.processElement2(new StreamRecord<>(update));
        chained.processElement2(new StreamRecord<>(update));
    }

    /** As a broadcast reaches the operators: not all at the same time. */
    void publishToRouteAlone(RuleBundle bundle) throws Exception {
        route.processElement2(new StreamRecord<>(new RuleUpdate(bundle)));
    }

    void publishToTheOthers(RuleBundle bundle) throws Exception {
        correlate.processElement2(new StreamRecord<>(new RuleUpdate(bundle)));
        chained.processElement2(new StreamRecord<>(new RuleUpdate(bundle)));
    }

    RuleStatus status() {
        List<StreamRecord<RuleStatus>> all = new ArrayList<>(route.getSideOutput(RouteFunction.STATUS));
        return all.get(all.size() - 1).getValue();
    }

    Snapshot snapshot() throws Exception {
        return new Snapshot(route.snapshot(1, 1), snapshot(correlate), snapshot(chained));
    }

    private static OperatorSubtaskState snapshot(
            KeyedTwoInputStreamOperatorTestHarness<String, RoutedSignal, RuleUpdate, Incident> operator) throws Exception {
        operator.prepareSnapshotPreBarrier(1);
        return operator.snapshot(1, 1);
    }

    /** In state, once all that is on the heap is there too. */
    long entities() throws Exception {
        correlate.prepareSnapshotPreBarrier(1);
        return ((CorrelateOperator) correlate.getOperator()).<String>getKeyedStateBackend()
                .getKeys("entity", VoidNamespace.INSTANCE).count();
    }

    int timers() {
        return correlate.numEventTimeTimers();
    }


    /** All records, in the order in which they were told. */
    List<Incident> told() {
        return told;
    }

    /** The last record of each incident, in the order of the first. */
    List<Incident> incidents() {
        Map<String, Incident> last = new LinkedHashMap<>();
        told.forEach(incident -> last.put(incident.getId(), incident));
        return List.copyOf(last.values());
    }

    @Override
    public void close() throws Exception {
        route.close();
        correlate.close();
        chained.close();
    }
}
