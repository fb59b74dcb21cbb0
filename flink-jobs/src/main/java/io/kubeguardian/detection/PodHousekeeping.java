package io.kubeguardian.detection;

import io.kubeguardian.baseline.Observation;
import io.kubeguardian.process.ProcessTree;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Signal;
import java.util.List;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.util.Collector;

/**
 * What time alone does to a pod: batches that do not come any more are missing, what was held back is told, exited processes
 * are cleaned away, deleted and long silent pods are forgotten. All in event time. One object serves a whole subtask.
 */
final class PodHousekeeping {
    /** How long an exited process may still be named by late events, milliseconds. */
    static final long EXIT_GRACE_MILLIS = 10_000;
    /** How often exited processes are cleaned away, milliseconds: what of them is kept for longer than the grace. */
    static final long SWEEP_MILLIS = 5_000;
    /** How long the state of a deleted pod stays for late events, milliseconds. */
    static final long DELETE_GRACE_MILLIS = 60_000;
    /** After this long without a batch, what a pod did is forgotten even if its deletion was not seen, milliseconds. */
    static final long FORGET_MILLIS = 7L * 24 * 3600 * 1000;

    private final RepeatGuard guard;
    private final PodObservations observations;
    private final ProcessTree tree;
    private final GapSignals gaps;
    private final DetectionClock clock;

    PodHousekeeping(PodStores stores, GapSignals gaps, DetectionClock clock) {
        this.guard = stores.guard();
        this.observations = stores.observations();
        this.tree = stores.inHand().tree();
        this.gaps = gaps;
        this.clock = clock;
    }

    /** The pod lives: its state is kept, for as long as it is heard of. */
    static void remember(RawRecord record, PodState pod, TimerService timers) {
        if (pod.forgetAt == 0) {
            pod.forgetAt = record.timestamp + FORGET_MILLIS;
            timers.registerEventTimeTimer(pod.forgetAt);
        }
        pod.lastSeen = Math.max(pod.lastSeen, record.timestamp);
    }

    /** The pod was deleted: its state stays for a while. */
    static void awaitDeletion(RawRecord record, PodState pod, TimerService timers) {
        pod.deleteAt = Math.max(pod.lastSeen, record.timestamp) + DELETE_GRACE_MILLIS;
        timers.registerEventTimeTimer(pod.deleteAt);
    }

    /** After something may have been held back. */
    static void awaitRepeats(PodState pod, TimerService timers) {
        if (pod.repeatsAt != 0) {
            timers.registerEventTimeTimer(pod.repeatsAt);
        }
    }

    /** After a batch in which processes exited. */
    static void awaitSweep(RawRecord record, PodState pod, TimerService timers) {
        if (pod.sweepAt == 0) {
            sweepAfter(record.timestamp, pod, timers);
        }
    }

    private static void sweepAfter(long time, PodState pod, TimerService timers) {
        pod.sweepAt = time + EXIT_GRACE_MILLIS + SWEEP_MILLIS;
        timers.registerEventTimeTimer(pod.sweepAt);
    }

    /** After a batch may have changed when activity is next told. @param before when it was to be told before */
    static void awaitActivity(long before, PodState pod, TimerService timers) {
        if (pod.activityAt != 0 && pod.activityAt != before) {
            timers.registerEventTimeTimer(pod.activityAt);
        }
    }

    /** After a batch was entered: there may be others before it that are waited for. */
    static void awaitMissing(PodState pod, TimerService timers) {
        long deadline = pod.ledger.nextDeadline();
        if (deadline != Long.MAX_VALUE) {
            timers.registerEventTimeTimer(deadline);
        }
    }

    /** Whether nothing more is expected of a pod that was deleted. @param now event time, milliseconds */
    static boolean isDeleted(PodState pod, long now) {
        return pod.deleteAt != 0 && pod.deleteAt <= now;
    }

    /** Whether it has been silent for too long. @param now event time, milliseconds */
    static boolean isForgotten(PodState pod, long now) {
        return pod.forgetAt != 0 && pod.lastSeen + FORGET_MILLIS <= now;
    }

    /** What there still is to tell of a pod that is gone. @param now event time, milliseconds */
    void tellLast(long now, HeldPod held, DetectFunction.ReadOnlyContext context, Collector<Signal> out) throws Exception {
        tellRepeats(Long.MAX_VALUE, now, held, out);
        tellActivity(now, held, context);
    }

    /** All that is due. @param now event time, milliseconds */
    void keep(long now, HeldPod held, DetectFunction.ReadOnlyContext context, Collector<Signal> out) throws Exception {
        PodState pod = held.state;
        TimerService timers = context.timerService();
        long missing = pod.ledger.expire(now);
        if (missing > 0) {
            gaps.missing(missing, now, clock.nanos(), held, out);
        }
        if (pod.repeatsAt != 0 && pod.repeatsAt <= now) {
            tellRepeats(now * 1_000_000, now, held, out);
            awaitRepeats(pod, timers);
        }
        if (pod.activityAt != 0 && pod.activityAt <= now) {
            tellActivity(now, held, context);
        }
        if (pod.sweepAt != 0 && pod.sweepAt <= now) {
            tree.begin(held.processes);
            boolean more = tree.sweep((now - EXIT_GRACE_MILLIS) * 1_000_000);
            guard.forget(now * 1_000_000, pod);
            pod.sweepAt = 0;
            if (more) {
                sweepAfter(now, pod, timers);
            }
        }
        if (pod.forgetAt != 0 && pod.forgetAt <= now) {
            pod.forgetAt = pod.lastSeen + FORGET_MILLIS;
            timers.registerEventTimeTimer(pod.forgetAt);
        }
    }

    /** @param until repeats of the time before, nanoseconds */
    private void tellRepeats(long until, long now, HeldPod held, Collector<Signal> out) throws Exception {
        List<Repeat> over = guard.over(until, held.state);
        if (!over.isEmpty()) {
            SignalFactory signals = HouseSignals.of(held.state, held.key, held.metadata(), now, clock.nanos());
            over.forEach(repeat -> out.collect(signals.repeats(repeat)));
        }
    }

    private void tellActivity(long now, HeldPod held, DetectFunction.ReadOnlyContext context) {
        PodState pod = held.state;
        String uid = held.key.equals(Keys.events("", pod.node)) ? "" : held.key;
        PodContext about = new PodContext(pod.cluster, pod.node, uid, held.metadata());
        Observation counts = observations.counts(about, pod.ledger.completeness(), now, clock.nanos(), pod);
        if (counts != null) {
            context.output(DetectFunction.OBSERVATIONS, counts);
        }
    }
}
