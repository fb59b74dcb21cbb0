package io.kubeguardian.detection;

import io.kubeguardian.baseline.Observation;
import io.kubeguardian.baseline.observe.Observer;
import io.kubeguardian.intel.IntelView;
import io.kubeguardian.ml.stream.BatchUse;
import io.kubeguardian.process.ProcessTree;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Signal;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.util.Collector;

/**
 * Judges what is known of a pod: each batch of its events by rules, intelligence and the workload's policy, with what is
 * missing before it, and takes in what others found. One object serves a whole subtask.
 */
final class EvidenceJudge {
    private final PodsInHand inHand;
    private final ProcessTree tree;
    private final HostNamesInState names;
    private final RepeatGuard guard;
    private final PodObservations observations;
    private final SignalEmitter emitter;
    private final BatchEvaluation evaluation;
    private final GapSignals gaps;
    private final IntelView intel;
    private final long disorderMillis;
    private final DetectionClock clock;
    private final DetectMetrics metrics;

    /** @param disorderMillis how late a batch may come before it counts as missing */
    EvidenceJudge(PodStores stores, Detector rules, IntelView intel, GapSignals gaps, long disorderMillis,
            DetectionClock clock, DetectMetrics metrics) {
        this.inHand = stores.inHand();
        this.tree = stores.inHand().tree();
        this.names = stores.names();
        this.guard = stores.guard();
        this.observations = stores.observations();
        this.emitter = new SignalEmitter(guard, metrics);
        this.evaluation = new BatchEvaluation(tree, rules, emitter);
        this.gaps = gaps;
        this.intel = intel;
        this.disorderMillis = disorderMillis;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** @param evidence of the record, as {@link EvidenceReader} read it; of the pod of the current key */
    void judge(RawRecord record, SpecificRecordBase evidence, HeldPod held, DetectFunction.ReadOnlyContext context,
            Collector<Signal> out) throws Exception {
        if (evidence instanceof Signal signal) {
            foreign(record, signal, held, context.timerService(), out);
        } else {
            batch(record, (EventBatch) evidence, held, context, out);
        }
    }

    private void foreign(RawRecord record, Signal signal, HeldPod held, TimerService timers, Collector<Signal> out)
            throws Exception {
        PodState pod = held.state;
        PodHousekeeping.remember(record, pod, timers);
        metrics.foreign.inc();
        long before = guard.held(ForeignSignals.repeatKey(signal), signal.getEventTime(), pod);
        if (before >= 0) {
            Signal resolved = ForeignSignals.resolved(signal, signal.getPod().getUid().isEmpty() ? null : held.metadata(),
                    pod.ledger.completeness(), before);
            guard.passed(resolved, RepeatGuard.WINDOW_NANOS, pod);
            out.collect(resolved);
        }
        PodHousekeeping.awaitRepeats(pod, timers);
    }

    private void batch(RawRecord record, EventBatch batch, HeldPod held, DetectFunction.ReadOnlyContext context,
            Collector<Signal> out) throws Exception {
        PodState pod = held.state;
        TimerService timers = context.timerService();
        gaps.before(pod.ledger);
        boolean isNew = pod.ledger.enter(batch, record.timestamp + disorderMillis);
        if (!isNew) {
            metrics.duplicates.inc();
            return;
        }
        if (held.metadata() == null && !batch.getPodUid().isEmpty()) {
            metrics.unresolved.inc();
        }
        metrics.events.inc(BatchEvents.count(batch));
        PodHousekeeping.remember(record, pod, timers);
        pod.cluster = batch.getCluster();
        pod.node = batch.getNode();
        boot(batch, held);

        PodContext podContext = held.context(batch);
        Completeness completeness = pod.ledger.completeness();
        long now = clock.nanos();
        SignalFactory signals = new SignalFactory(batch, podContext, completeness, now);
        emitter.begin(signals, pod);
        Observer observer = observations.begin(batch, podContext, completeness, now, pod);
        gaps.tell(batch, pod, timers, now, signals, out);
        tree.begin(held.processes);
        names.begin(held);
        evaluation.run(batch, podContext, names, intel.current(), observer);
        metrics.evicted.inc(tree.commit());
        emitter.signals().forEach(out::collect);
        long activityBefore = pod.activityAt;
        observations.judge(out);
        Observation observation = observations.end(pod);
        if (observation != null) {
            context.output(DetectFunction.OBSERVATIONS, observation);
        }
        context.output(DetectFunction.BATCHES,
                new BatchUse(batch, podContext.workload(), podContext.pod(), pod.ledger.completeness()));

        PodHousekeeping.awaitActivity(activityBefore, pod, timers);
        PodHousekeeping.awaitRepeats(pod, timers);
        if (!batch.getExits().isEmpty()) {
            PodHousekeeping.awaitSweep(record, pod, timers);
        }
        PodHousekeeping.awaitMissing(pod, timers);
    }

    /** A node that came up again has none of the processes it had; a pod may keep its UID over that (static pods). */
    private void boot(EventBatch batch, HeldPod held) {
        PodState pod = held.state;
        if (batch.getEpoch() > pod.newestEpoch) {
            pod.newestEpoch = batch.getEpoch();
            if (!batch.getBootId().equals(pod.bootId)) {
                if (!pod.bootId.isEmpty()) {
                    inHand.forgetProcesses(held);
                }
                pod.bootId = batch.getBootId();
            }
        }
    }
}
