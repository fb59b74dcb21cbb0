package io.kubeguardian.risk;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Verdict;
import io.kubeguardian.schema.WorkloadRef;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;

/**
 * What the policy asks for, of the workload at hand. Risk alone contains nothing: it takes an incident, which names the
 * container, and a score at or above the threshold; either may come first. A containment lasts from the event that
 * completed the evidence: evidence that is read again long after, as by a job that starts without its state, contains
 * nothing anew. It is prolonged when an incident comes in its second half; incidents before that change nothing.
 */
final class Proposals {
    /** Most incidents of a workload that wait for its risk to reach the threshold. */
    static final int PENDING_LIMIT = 64;
    /** How long an incident waits, when the policy says nothing shorter: nanoseconds. */
    private static final long PATIENCE_NANOS = 24L * 3600 * 1_000_000_000L;

    private final DecisionPolicy policy;
    private final DetectionClock clock;
    private final boolean bounded;
    private final MapState<String, Incident> waiting;
    private final MapState<String, Long> contained;
    private final Counter dropped;
    private final Counter tooOld;

    Proposals(DecisionPolicy policy, DetectionClock clock, boolean bounded, RuntimeContext runtime) {
        this.policy = policy;
        this.clock = clock;
        this.bounded = bounded;
        waiting = runtime.getMapState(
                new MapStateDescriptor<>("waiting-incidents", BasicTypeInfo.STRING_TYPE_INFO, Types.INCIDENT));
        contained = runtime.getMapState(new MapStateDescriptor<>(
                "contained", BasicTypeInfo.STRING_TYPE_INFO, BasicTypeInfo.LONG_TYPE_INFO));
        tooOld = runtime.getMetricGroup().counter("incidentsTooOldToContain");
        dropped = runtime.getMetricGroup().counter("pendingIncidentsDropped");
    }

    /** An incident of the workload came, or grew. */
    void offer(Incident incident, WorkloadRef workload, TimerService timers) throws Exception {
        if (last(incident, workload) == null) {
            return; // the host's own processes are not contained
        }
        int count = 0;
        for (String id : waiting.keys()) {
            count += id.equals(incident.getId()) ? 0 : 1;
        }
        if (count < PENDING_LIMIT) {
            waiting.put(incident.getId(), incident);
            timers.registerEventTimeTimer((incident.getLastEventTime() + PATIENCE_NANOS) / 1_000_000 + 1);
        } else {
            dropped.inc();
        }
    }

    /** After each change of the score. @param arrived when what changed it came, the job's clock */
    void decide(RiskState state, long arrived, KeyedProcessFunction<String, RiskEvidence, RiskScore>.Context context)
            throws Exception {
        RiskScore score = state.score;
        DecisionPolicy.Entry entry = policy.entry(score.getWorkload(), state.labels);
        Verdict verdict = entry.verdict(score.getScore());
        boolean tell = score.getScore() >= entry.alertAt();
        if (tell != state.alerted) {
            state.alerted = tell;
            context.output(RiskFunction.PROPOSALS, told(score, entry, tell ? Verdict.ALERT : Verdict.ALLOW, arrived));
        }
        if (verdict != Verdict.CONTAIN && verdict != Verdict.QUARANTINE) {
            return;
        }
        for (Iterator<Map.Entry<String, Incident>> all = waiting.iterator(); all.hasNext(); ) {
            Incident incident = all.next().getValue();
            all.remove();
            contain(incident, score, entry, verdict, arrived, context);
        }
    }

    private void contain(
            Incident incident, RiskScore score, DecisionPolicy.Entry entry, Verdict verdict, long arrived,
            KeyedProcessFunction<String, RiskEvidence, RiskScore>.Context context)
            throws Exception {
        WorkloadRef workload = score.getWorkload();
        Signal last = last(incident, workload);
        String key = last.getPod().getUid() + '/' + last.getContainerId();
        long nanos = entry.seconds() * 1_000_000_000L;
        long expires = incident.getLastEventTime() + nanos;
        Long until = contained.get(key);
        if (until != null && expires - until < nanos / 2) {
            return;
        }
        long now = clock.nanos();
        if (!bounded && expires <= now) {
            tooOld.inc();
            return;
        }
        contained.put(key, expires);
        context.timerService().registerEventTimeTimer(expires / 1_000_000 + 1);
        String id = Ids.of("decision", incident.getId(), key, incident.getLastEventTime());
        context.output(RiskFunction.PROPOSALS, new Decision(id, workload.getCluster(), last.getPod().getNode(),
                last.getPod().getUid(), last.getContainerId(), workload, entry.actions(),
                reason(incident, last, score, entry.threshold(verdict), workload), incident.getId(), score.getScore(),
                "detection", now, expires, false, incident.getLastEventTime(), "", policy.exceptPaths(),
                policy.exceptDestinations(), verdict, entry.mode(), entry.name(), "", arrived,
                verdict == Verdict.QUARANTINE ? Map.of("kubeguardian.io/quarantine", id) : Map.of()));
    }

    private Decision told(RiskScore score, DecisionPolicy.Entry entry, Verdict verdict, long arrived) {
        String reason = String.format(Locale.ROOT, "risk %.0f is %s %.0f", score.getScore(),
                verdict == Verdict.ALERT ? "at or above" : "below", entry.alertAt());
        return Decision.newBuilder()
                .setId(Ids.of(verdict, Keys.workload(score.getWorkload()), score.getUpdatedTime()))
                .setCluster(score.getWorkload().getCluster()).setNode("").setPodUid("").setWorkload(score.getWorkload())
                .setActions(List.of()).setReason(reason)
                .setEvidenceId(score.getFactors().isEmpty() ? "" : score.getFactors().get(0).getEvidenceId())
                .setScore(score.getScore()).setIssuedBy("detection").setIssuedTime(clock.nanos())
                .setExpiresTime(clock.nanos()).setEventTime(score.getUpdatedTime()).setVerdict(verdict)
                .setState(entry.mode() == DecisionState.DRY_RUN ? DecisionState.DRY_RUN : DecisionState.IN_FORCE)
                .setPolicy(entry.name()).setTook(arrived).build();
    }

    private static String reason(
            Incident incident, Signal last, RiskScore score, double threshold, WorkloadRef workload) {
        String rules = incident.getSignals().stream().filter(signal -> signal.getWorkload().equals(workload))
                .map(Signal::getRule).distinct().limit(16).reduce((a, b) -> a + " → " + b).orElse("");
        return String.format(Locale.ROOT, "%s in pod %s/%s: risk %.0f is at or above %.0f (%s)", incident.getTitle(),
                last.getPod().getNamespace(), last.getPod().getName(), score.getScore(), threshold, rules);
    }

    /** Lets go of what is over. @param now nanoseconds, event time */
    void forget(long now) throws Exception {
        forget(waiting, now, incident -> incident.getLastEventTime() + PATIENCE_NANOS);
        forget(contained, now, until -> until);
    }

    private static <T> void forget(MapState<String, T> entries, long now, ToLongFunction<T> expiry)
            throws Exception {
        for (Iterator<Map.Entry<String, T>> all = entries.iterator(); all.hasNext(); ) {
            if (expiry.applyAsLong(all.next().getValue()) <= now) {
                all.remove();
            }
        }
        if (entries.isEmpty()) {
            entries.clear(); // on the heap an empty map would stay for every key there ever was
        }
    }

    /** The last signal of the workload that names a container: where the story ended; null when none does. */
    private static Signal last(Incident incident, WorkloadRef workload) {
        List<Signal> signals = incident.getSignals();
        for (int i = signals.size() - 1; i >= 0; i--) {
            if (!signals.get(i).getContainerId().isEmpty() && signals.get(i).getWorkload().equals(workload)) {
                return signals.get(i);
            }
        }
        return null;
    }
}
