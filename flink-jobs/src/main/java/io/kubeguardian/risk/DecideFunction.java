package io.kubeguardian.risk;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentExceptions;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.ExceptedDestination;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Verdict;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Decides containments. Keyed by workload. Risk alone contains nothing: it takes an incident, which names the
 * container, and a score at or above the threshold; either may come first. A containment lasts from the event that
 * completed the evidence: evidence that is read again long after, as by a job that starts without its state, contains
 * nothing anew. It is prolonged when an incident comes in its second half; incidents before that change nothing.
 */
public final class DecideFunction extends KeyedCoProcessFunction<String, RiskScore, Incident, Decision> {
    private static final long serialVersionUID = 1L;

    static final List<ContainmentAction> ACTIONS =
            List.of(ContainmentAction.KILL_EXEC, ContainmentAction.DENY_NETWORK);
    /** Most incidents of a workload that wait for its risk to reach the threshold. */
    static final int PENDING_LIMIT = 64;

    private final DetectionSettings settings;
    private final List<ExceptedDestination> exceptDestinations;
    private final DetectionClock clock;
    private final boolean bounded;
    private transient ValueState<RiskScore> risk;
    private transient MapState<String, Incident> pending;
    private transient MapState<String, Long> contained;
    private transient Counter dropped;
    private transient Counter tooOld;

    /**
     * @throws ConfigException when an exception of the settings is none
     * @param bounded the input is a capture: what would have been decided is told, however long ago it was
     */
    public DecideFunction(DetectionSettings settings, DetectionClock clock, boolean bounded) {
        this.settings = settings;
        this.exceptDestinations = exceptions(settings);
        this.clock = clock;
        this.bounded = bounded;
    }

    private static List<ExceptedDestination> exceptions(DetectionSettings settings) {
        if (settings.containExceptPaths().size() > ContainmentExceptions.MOST
                || settings.containExceptDestinations().size() > ContainmentExceptions.MOST) {
            throw new ConfigException("detection: more than " + ContainmentExceptions.MOST
                    + " of containExceptPaths or containExceptDestinations");
        }
        try {
            settings.containExceptPaths().forEach(ContainmentExceptions::checkPath);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("detection.containExceptPaths: " + e.getMessage(), e);
        }
        try {
            return new ArrayList<>(settings.containExceptDestinations().stream()
                    .map(ContainmentExceptions::destination).toList());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("detection.containExceptDestinations: " + e.getMessage(), e);
        }
    }

    @Override
    public void open(OpenContext context) {
        risk = getRuntimeContext().getState(new ValueStateDescriptor<>("risk", Types.RISK));
        pending = getRuntimeContext().getMapState(
                new MapStateDescriptor<>("pending", BasicTypeInfo.STRING_TYPE_INFO, Types.INCIDENT));
        contained = getRuntimeContext().getMapState(new MapStateDescriptor<>(
                "contained", BasicTypeInfo.STRING_TYPE_INFO, BasicTypeInfo.LONG_TYPE_INFO));
        tooOld = getRuntimeContext().getMetricGroup().counter("incidentsTooOldToContain");
        dropped = getRuntimeContext().getMetricGroup().counter("pendingIncidentsDropped");
    }

    @Override
    public void processElement1(RiskScore score, Context context, Collector<Decision> out) throws Exception {
        if (score.getScore() < settings.containAtRisk()) {
            if (score.getLevel() == RiskLevel.NONE) {
                risk.clear(); // the last word on a workload whose risk is gone
            } else {
                risk.update(score);
            }
            return;
        }
        risk.update(score);
        for (Iterator<Map.Entry<String, Incident>> all = pending.iterator(); all.hasNext(); ) {
            Incident incident = all.next().getValue();
            all.remove();
            decide(incident, score, context, out);
        }
    }

    @Override
    public void processElement2(Incident incident, Context context, Collector<Decision> out) throws Exception {
        if (container(incident).isEmpty()) {
            return; // the host's own processes are not contained
        }
        RiskScore score = risk.value();
        // The score that this incident raised may still be on its way: only one that knows it decides.
        boolean counted = score != null && score.getFactors().stream()
                .anyMatch(f -> f.getKind().equals("incident") && f.getName().equals(incident.getTitle())
                        && f.getLastEventTime() >= incident.getLastEventTime());
        if (counted && score.getScore() >= settings.containAtRisk()) {
            decide(incident, score, context, out);
            return;
        }
        int waiting = 0;
        for (String ignored : pending.keys()) {
            waiting++;
        }
        if (waiting < PENDING_LIMIT) {
            pending.put(incident.getId(), incident);
            context.timerService().registerEventTimeTimer(expiry(incident) / 1_000_000 + 1);
        } else {
            dropped.inc();
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Decision> out) throws Exception {
        long now = timestamp * 1_000_000;
        forget(pending, now, this::expiry);
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

    private void decide(Incident incident, RiskScore score, Context context, Collector<Decision> out)
            throws Exception {
        String key = incident.getPod().getUid() + '/' + container(incident);
        Long until = contained.get(key);
        long expires = expiry(incident);
        if (until != null && expires - until < containNanos() / 2) {
            return;
        }
        long now = clock.nanos();
        if (!bounded && expires <= now) {
            tooOld.inc();
            return;
        }
        contained.put(key, expires);
        context.timerService().registerEventTimeTimer(expires / 1_000_000 + 1);
        out.collect(new Decision(Ids.of("decision", incident.getId(), key), incident.getWorkload().getCluster(),
                incident.getPod().getNode(), incident.getPod().getUid(), container(incident), incident.getWorkload(),
                ACTIONS, reason(incident, score), incident.getId(), score.getScore(), "detection", now,
                expires, false, incident.getLastEventTime(), "",
                settings.containExceptPaths(), exceptDestinations, Verdict.CONTAIN, DecisionState.IN_FORCE, "", "", 0L,
                Map.of()));
    }

    private String reason(Incident incident, RiskScore score) {
        return String.format(Locale.ROOT, "%s in pod %s/%s: risk %.0f is at or above %.0f (%s)", incident.getTitle(),
                incident.getPod().getNamespace(), incident.getPod().getName(), score.getScore(),
                settings.containAtRisk(), incident.getSignals().stream().map(Signal::getRule)
                        .reduce((a, b) -> a + " → " + b).orElse(""));
    }

    private long expiry(Incident incident) {
        return incident.getLastEventTime() + containNanos();
    }

    private long containNanos() {
        return settings.containSeconds() * 1_000_000_000L;
    }

    /** The container of the last signal that names one: where the story ended. */
    private static String container(Incident incident) {
        List<Signal> signals = incident.getSignals();
        for (int i = signals.size() - 1; i >= 0; i--) {
            if (!signals.get(i).getContainerId().isEmpty()) {
                return signals.get(i).getContainerId();
            }
        }
        return "";
    }
}
