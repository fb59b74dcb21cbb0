package io.kubeguardian.benchmarks;

import io.kubeguardian.correlation.Correlation;
import io.kubeguardian.correlation.PatternLoader;
import io.kubeguardian.correlation.PatternSet;
import io.kubeguardian.correlation.PatternSource;
import io.kubeguardian.correlation.RoutedSignal;
import io.kubeguardian.detection.RuleUpdate;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Signal;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;

/**
 * The two operators of correlation, with all of KubeGuardian's patterns and RocksDB, on one thread, in Flink's harness:
 * what they take of {@link SignalMix} a second of processor time, the making of the signals included, with a watermark each
 * 50 ms of event time, and the entities that changed written to state each 10 s of processor time, as for a checkpoint. The baseline is the same
 * loop with an operator that does nothing. Records are handed over as objects, as between chained operators: what a network
 * costs is the pipeline scenario's matter.
 */
final class CorrelationScenario implements Scenario {
    private static final long QUIET_MILLIS = 900_000;
    private static final int PER_WATERMARK = SignalMix.PER_SECOND / 20;
    /** As often as the job takes a checkpoint. */
    private static final long CHECKPOINT_NANOS = 10_000_000_000L;

    @Override
    public String name() {
        return "correlation";
    }

    @Override
    public String describes() {
        return "signals/s a core takes through all patterns, against an operator that does nothing";
    }

    @Override
    public void measure(Run run) throws Exception {
        int signals = run.quick() ? 500_000 : 4_000_000;
        int rounds = run.quick() ? 2 : 5;
        List<PatternSource> patterns = PatternLoader.builtIn();
        PatternSet set = PatternSet.of(patterns);
        run.progress("%d patterns that ask for %d rules", set.patterns().size(), set.rules().size());
        try (Operators nothing = new Operators(List.copyOf(set.rules()), new Nothing(), patterns);
                Operators all = new Operators(List.copyOf(set.rules()), Correlation.route(patterns), patterns)) {
            nothing.take(signals); // warm-up
            all.take(signals);
            for (int round = 0; round < rounds; round++) { // by turns, so that both see the same machine
                run.sample("nothing", nothing.take(signals));
                run.sample("correlation", all.take(signals));
                run.progress("round %d: %,.0f signals/s, %,d incident records so far", round + 1,
                        run.median("correlation"), all.incidents);
            }
            if (all.incidents == 0) {
                throw new IllegalStateException("no pattern was ever complete: nothing was measured");
            }
            run.figure(Figure.against("signals_per_s", run.median("correlation"), "signals/s", run.median("nothing")));
            run.figure(Figure.of("ns_per_signal",
                    1e9 / run.median("correlation") - 1e9 / run.median("nothing"), "ns"));
            run.figure(Figure.of("routed_share", (double) all.routed / all.taken, "of signals"));
            run.figure(Figure.of("incident_records", all.incidents, "records"));
            run.figure(Figure.of("patterns", set.patterns().size(), "patterns"));
        }
    }

    /** In the place of the first operator. */
    private static final class Nothing extends AbstractStreamOperator<RoutedSignal>
            implements TwoInputStreamOperator<Signal, RuleUpdate, RoutedSignal> {
        private static final long serialVersionUID = 1L;

        @Override
        public void processElement1(StreamRecord<Signal> element) {
            // nothing
        }

        @Override
        public void processElement2(StreamRecord<RuleUpdate> element) {
            // nothing
        }
    }

    private static final class Operators implements AutoCloseable {
        private final SignalMix mix;
        private final TwoInputStreamOperatorTestHarness<Signal, RuleUpdate, RoutedSignal> first;
        private final KeyedTwoInputStreamOperatorTestHarness<String, RoutedSignal, RuleUpdate, Incident> second;
        private long written = processorTime();
        private long taken;
        private long routed;
        private long incidents;

        Operators(
                List<String> rules, TwoInputStreamOperator<Signal, RuleUpdate, RoutedSignal> route,
                List<PatternSource> patterns)
                throws Exception {
            mix = new SignalMix(rules);
            first = new TwoInputStreamOperatorTestHarness<>(route);
            first.setup(new HandedOver<>());
            first.open();
            second = new KeyedTwoInputStreamOperatorTestHarness<>(Correlation.correlate(patterns, QUIET_MILLIS),
                    (RoutedSignal signal) -> signal.key, null, BasicTypeInfo.STRING_TYPE_INFO);
            second.setStateBackend(new EmbeddedRocksDBStateBackend());
            second.setup(new HandedOver<>());
            second.open();
        }

        /** Signals a second of this thread's processor time. */
        double take(int signals) throws Exception {
            long start = processorTime();
            StreamRecord<Signal> record = new StreamRecord<>(null);
            for (int i = 0; i < signals; i++) {
                Signal signal = mix.next();
                first.processElement1(record.replace(signal, signal.getEventTime() / 1_000_000));
                taken++;
                for (Object one = first.getOutput().poll(); one != null; one = first.getOutput().poll()) {
                    routed++;
                    second.processElement1(routed(one));
                }
                if (taken % PER_WATERMARK == 0) {
                    second.processBothWatermarks(new Watermark(mix.watermark()));
                    incidents += second.getOutput().stream().filter(StreamRecord.class::isInstance).count();
                    second.getOutput().clear();
                    if (processorTime() - written > CHECKPOINT_NANOS) {
                        written = processorTime();
                        second.prepareSnapshotPreBarrier(taken);
                    }
                }
            }
            return signals * 1e9 / (processorTime() - start);
        }

        @SuppressWarnings("unchecked")
        private static StreamRecord<RoutedSignal> routed(Object record) {
            return (StreamRecord<RoutedSignal>) record;
        }

        /** Of this thread alone: other work on the machine does not count, though it still costs cache and clock. */
        private static long processorTime() {
            return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }

        @Override
        public void close() throws Exception {
            first.close();
            second.close();
        }
    }
}
