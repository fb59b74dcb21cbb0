package io.kubeguardian.risk;

import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The risk of each workload, pod, node, image and namespace, keyed by the entity; and for workloads what the policy makes
 * of it. Publishes when the score moved by a point or more, when the level changed (also by decay alone), and with a new
 * incident; state goes when risk is gone and no pod is known.
 */
public final class RiskFunction extends KeyedProcessFunction<String, RiskEvidence, RiskScore> {
    private static final long serialVersionUID = 1L;

    /** What shall be done, before limits and people have their say. */
    static final OutputTag<Decision> PROPOSALS = new OutputTag<>("proposals", Types.DECISION);

    private static final int MOST_LABELS = 64;

    private final DetectionSettings settings;
    private final DecisionPolicy policy;
    private final DetectionClock clock;
    private final boolean bounded;
    private transient RiskModel model;
    private transient ValueState<RiskState> states;
    /** By UID: a bit for each exposure. */
    private transient MapState<String, Integer> pods;
    private transient Proposals proposals;

    /** @param bounded the input is a capture: what would have been decided is told, however long ago it was */
    public RiskFunction(DetectionSettings settings, DecisionPolicy policy, DetectionClock clock, boolean bounded) {
        this.settings = settings;
        this.policy = policy;
        this.clock = clock;
        this.bounded = bounded;
    }

    @Override
    public void open(OpenContext context) {
        model = new RiskModel(settings.riskHalfLifeSeconds());
        states = getRuntimeContext().getState(
                new ValueStateDescriptor<>("risk-state", TypeInformation.of(RiskState.class)));
        pods = getRuntimeContext().getMapState(new MapStateDescriptor<>(
                "risk-pods", BasicTypeInfo.STRING_TYPE_INFO, BasicTypeInfo.INT_TYPE_INFO));
        proposals = new Proposals(policy, clock, bounded, getRuntimeContext());
    }

    @Override
    public void processElement(RiskEvidence evidence, Context context, Collector<RiskScore> out) throws Exception {
        long arrived = clock.nanos();
        RiskState state = states.value();
        state = state == null ? new RiskState() : state;
        RiskScore before = state.score;
        // Who describes pods may have another clock: what they say does not carry a score into the future.
        boolean stands = evidence.pod != null || evidence.posture != null;
        long at = stands ? Math.min(evidence.time, arrived) : evidence.time;
        // Evidence may come out of order; risk is never decayed backwards.
        long time = before == null ? at : Math.max(at, before.getUpdatedTime());
        List<RiskFactor> factors = before == null ? List.of()
                : model.decayed(before.getFactors(), time - before.getUpdatedTime());
        Completeness completeness = before == null ? evidence.completeness
                : worse(before.getCompleteness(), evidence.completeness);
        boolean newIncident = false;
        if (evidence.pod != null) {
            factors = pod(evidence, state, factors);
        } else if (evidence.posture != null) {
            factors = RiskModel.posture(factors, evidence.posture);
        } else {
            newIncident = evidence.kind.equals(RiskModel.INCIDENT) && factors.stream()
                    .noneMatch(factor -> factor.getEvidenceIds().contains(evidence.evidenceId));
            factors = RiskModel.add(factors, new RiskFactor(evidence.kind, evidence.name, evidence.points,
                    evidence.reason, evidence.evidenceId, 1, evidence.time,
                    new ArrayList<>(List.of(evidence.evidenceId)), false));
        }
        if (before != null || !factors.isEmpty()) {
            state.score = score(evidence.entity, evidence.subject, evidence.podUid, factors, time, completeness);
            publish(state, newIncident, out);
        }
        if (evidence.entity == RiskEntity.WORKLOAD && state.score != null) {
            if (evidence.incident != null) {
                proposals.offer(evidence.incident, state.score.getWorkload(), context.timerService());
            }
            proposals.decide(state, arrived, context);
        }
        if (factors.isEmpty()) {
            state.score = null;
        }
        keep(state, context);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<RiskScore> out) throws Exception {
        // At the end of a replay time jumps to the end of all days; nothing that happens there is a finding.
        if (context.timerService().currentWatermark() == Long.MAX_VALUE) {
            return;
        }
        proposals.forget(timestamp * 1_000_000);
        RiskState state = states.value();
        if (state == null || state.score == null || state.timer == 0 || state.timer > timestamp) {
            return;
        }
        RiskScore before = state.score;
        long time = Math.max(before.getUpdatedTime(), timestamp * 1_000_000);
        List<RiskFactor> factors = model.decayed(before.getFactors(), time - before.getUpdatedTime());
        state.score = score(before.getEntity(), before.getWorkload(), before.getPodUid(), factors, time,
                before.getCompleteness());
        state.timer = 0;
        publish(state, false, out);
        if (before.getEntity() == RiskEntity.WORKLOAD) {
            proposals.decide(state, clock.nanos(), context);
        }
        if (state.score.getLevel() == RiskLevel.NONE && state.score.getStanding() == 0) {
            state.score = null; // that was the last word on an entity whose risk is gone
        }
        keep(state, context);
    }

    /** Counts the pod's exposure in, or out. */
    private List<RiskFactor> pod(RiskEvidence evidence, RiskState state, List<RiskFactor> factors) throws Exception {
        PodMetadata pod = evidence.pod;
        Integer before = pods.get(pod.getUid());
        int now = pod.getDeleted() ? 0 : Exposure.of(pod);
        if (pod.getDeleted()) {
            pods.remove(pod.getUid());
            state.pods -= before == null ? 0 : 1;
        } else {
            pods.put(pod.getUid(), now);
            state.pods += before == null ? 1 : 0;
            state.labels = labels(pod);
        }
        List<RiskFactor> standing = new ArrayList<>();
        for (Exposure exposure : Exposure.values()) {
            int change = (exposure.isIn(now) ? 1 : 0) - (before != null && exposure.isIn(before) ? 1 : 0);
            int count = state.exposed[exposure.ordinal()] += change;
            if (count > 0) {
                standing.add(new RiskFactor(RiskModel.EXPOSURE, exposure.title, exposure.points,
                        count + (count == 1 ? " pod has: " : " pods have: ") + exposure.title, pod.getUid(), count,
                        evidence.time, new ArrayList<>(), true));
            }
        }
        return RiskModel.replaced(factors, RiskModel.EXPOSURE, standing);
    }

    private static Map<String, String> labels(PodMetadata pod) {
        if (pod.getLabels().size() <= MOST_LABELS) {
            return new HashMap<>(pod.getLabels());
        }
        Map<String, String> some = new HashMap<>();
        pod.getLabels().entrySet().stream().limit(MOST_LABELS).forEach(label -> some.put(label.getKey(), label.getValue()));
        return some;
    }

    private void publish(RiskState state, boolean always, Collector<RiskScore> out) {
        RiskScore score = state.score;
        if (always || Math.abs(score.getScore() - state.publishedScore) >= 1
                || !score.getLevel().name().equals(state.publishedLevel)) {
            state.publishedScore = score.getScore();
            state.publishedLevel = score.getLevel().name();
            out.collect(score);
        }
    }

    /** Settles the timer, and what stays in state. */
    private void keep(RiskState state, Context context) throws Exception {
        RiskScore score = state.score;
        long next = 0;
        if (score != null && score.getFactors().stream().anyMatch(factor -> !factor.getStanding())) {
            // The next moment at which decay alone changes the level; below the last one, one step after another.
            double floor = RiskModel.floor(score.getLevel()) - score.getStanding();
            long nanos = floor > 0 ? model.nanosUntil(score.getScore() - score.getStanding(), floor)
                    : settings.riskHalfLifeSeconds() * 1_000_000_000L;
            next = (score.getUpdatedTime() + nanos) / 1_000_000 + 1;
        }
        if (state.timer != next) {
            if (state.timer != 0) {
                context.timerService().deleteEventTimeTimer(state.timer); // else each signal would leave one
            }
            if (next != 0) {
                context.timerService().registerEventTimeTimer(next);
            }
            state.timer = next;
        }
        if (score == null && state.pods == 0) {
            states.clear();
            pods.clear();
        } else {
            states.update(state);
        }
    }

    private RiskScore score(
            RiskEntity entity, WorkloadRef subject, String podUid, List<RiskFactor> factors,
            long time, Completeness completeness) {
        double score = RiskModel.score(factors);
        return new RiskScore(subject, score, RiskModel.level(score), factors, time,
                (long) settings.riskHalfLifeSeconds(), completeness, entity, podUid, RiskModel.standing(factors));
    }

    private static Completeness worse(Completeness a, Completeness b) {
        return new Completeness(a.getComplete() && b.getComplete(), Math.max(a.getLostEvents(), b.getLostEvents()),
                Math.max(a.getMissingBatches(), b.getMissingBatches()));
    }
}
