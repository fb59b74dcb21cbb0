package io.kubeguardian.detection;

import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Signal;
import java.util.Map;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.util.Collector;

/**
 * Tells what is not known: events that were lost, batches that never arrived, times without a collector, clocks that are
 * wrong. One object serves a whole subtask.
 */
final class GapSignals {
    /** A node that nobody watched for so long is worth a signal: no collector takes so long to be replaced, milliseconds. */
    static final long UNWATCHED_MILLIS = 60_000;

    private final RepeatGuard guard;
    private final boolean bounded;
    private final DetectMetrics metrics;
    private long lostBefore;
    private long crashesBefore;
    private long unwatchedBefore;

    /** @param bounded the input ends (a capture): its clocks were judged when it was new */
    GapSignals(RepeatGuard guard, boolean bounded, DetectMetrics metrics) {
        this.guard = guard;
        this.bounded = bounded;
        this.metrics = metrics;
    }

    /** To be called before a batch is entered into its pod's ledger. */
    void before(Ledger ledger) {
        lostBefore = ledger.lostEvents;
        crashesBefore = ledger.crashes;
        unwatchedBefore = ledger.unwatchedMillis;
    }

    /** After it: what of gaps the batch has brought. @param now the job's clock, nanoseconds since the Unix epoch */
    void tell(EventBatch batch, PodState pod, TimerService timers, long now, SignalFactory signals, Collector<Signal> out)
            throws Exception {
        boolean isOfNode = batch.getPodUid().isEmpty();
        if (isOfNode && pod.ledger.lostEvents > lostBefore) {
            lost(batch, pod, pod.ledger.lostEvents - lostBefore, signals, out);
        }
        if (isOfNode && !bounded) {
            clock(batch, timers.currentWatermark(), now, pod, signals, out);
        }
        if (pod.ledger.crashes > crashesBefore) {
            out.collect(signals.gap("crash", Long.toString(batch.getEpoch()), "The collector of node " + batch.getNode()
                            + " was killed or crashed: what it had not sent by then is missing, nobody knows how much",
                    Map.of("kubeguardian.epoch", Long.toString(batch.getPreviousEpoch())), batch.getBaseTime()));
        }
        long unwatched = pod.ledger.unwatchedMillis - unwatchedBefore;
        if (unwatched >= UNWATCHED_MILLIS) {
            out.collect(signals.gap("unwatched", batch.getEpoch() + "/" + batch.getUnwatchedMillis(),
                    "No collector ran on node " + batch.getNode() + " for " + unwatched / 1000
                            + " s: what happened in the pod meanwhile is not known",
                    Map.of("kubeguardian.unwatched", Long.toString(unwatched)), batch.getBaseTime()));
        }
    }

    /** One signal a node, of its own batches: those of its pods say the same, and whose events they were nobody knows. */
    private void lost(EventBatch batch, PodState pod, long events, SignalFactory signals, Collector<Signal> out)
            throws Exception {
        metrics.lost.inc(events);
        if (guard.held("gap.lost", batch.getBaseTime(), pod) < 0) {
            return;
        }
        Signal gap = signals.gap("lost", batch.getEpoch() + "/" + Ledger.lossTotal(batch),
                "Node " + batch.getNode() + " lost " + events + " events, " + pod.ledger.lostEvents
                        + " since it was first seen: what is known of its pods may be incomplete",
                Map.of("kubeguardian.lost", Long.toString(events)), batch.getBaseTime());
        guard.passed(gap, RepeatGuard.WINDOW_NANOS, pod);
        out.collect(gap);
    }

    /** A node whose word comes with a time that is over, or still to come: its events are judged in the wrong order. */
    private void clock(EventBatch batch, long watermark, long now, PodState pod, SignalFactory signals,
            Collector<Signal> out) throws Exception {
        long time = batch.getBaseTime() / 1_000_000;
        long ahead = time - now / 1_000_000;
        boolean isAhead = ahead > SlowClock.TOLERATED_MILLIS;
        if (!isAhead && time + SlowClock.TOLERATED_MILLIS >= watermark || guard.held("gap.clock", batch.getBaseTime(), pod) < 0) {
            return;
        }
        long seconds = (isAhead ? ahead : -ahead) / 1000;
        Signal gap = signals.gap("clock", Long.toString(batch.getPodSequence()),
                "Events of node " + batch.getNode() + " come " + seconds + (isAhead
                        ? " s ahead of time: its clock is wrong" : " s late: its clock is behind, or it was cut off from Kafka")
                        + "; what they have to do with those of other nodes may be missed",
                Map.of("kubeguardian.ahead_seconds", Long.toString(ahead / 1000)), batch.getBaseTime());
        guard.passed(gap, RepeatGuard.WINDOW_NANOS, pod);
        out.collect(gap);
    }

    /**
     * Batches that were waited for in vain.
     *
     * @param millis event time
     * @param now the job's clock, nanoseconds since the Unix epoch
     */
    void missing(long batches, long millis, long now, HeldPod held, Collector<Signal> out) {
        PodState pod = held.state;
        metrics.missing.inc(batches);
        SignalFactory signals = HouseSignals.of(pod, held.key, held.metadata(), millis, now);
        // With the time: a batch that comes after all is taken off the count, which may then be reached a second time.
        out.collect(signals.gap("missing", pod.newestEpoch + "/" + pod.ledger.missingBatches + "/" + millis,
                batches + " batches of events never arrived, " + pod.ledger.missingBatches
                        + " since this pod was first seen: what happened in the pod is incomplete",
                Map.of("kubeguardian.missing", Long.toString(batches)), millis * 1_000_000));
    }
}
