package io.kubeguardian.risk;

import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The risk of each workload, from its signals and incidents. Keyed by workload. Publishes when the score moved by a
 * point or more, when the level changed (also by decay alone), and with every incident, for which a decision may
 * wait; state goes when risk is gone.
 */
public final class RiskFunction extends KeyedCoProcessFunction<String, Signal, Incident, RiskScore> {
    private static final long serialVersionUID = 1L;

    private final DetectionSettings settings;
    private transient RiskModel model;
    private transient ValueState<RiskScore> current;
    private transient ValueState<RiskScore> published;
    /** The one timer that is registered, milliseconds. */
    private transient ValueState<Long> timer;

    public RiskFunction(DetectionSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        model = new RiskModel(settings.riskHalfLifeSeconds());
        current = getRuntimeContext().getState(new ValueStateDescriptor<>("risk", Types.RISK));
        published = getRuntimeContext().getState(new ValueStateDescriptor<>("published", Types.RISK));
        timer = getRuntimeContext().getState(new ValueStateDescriptor<>("timer", BasicTypeInfo.LONG_TYPE_INFO));
    }

    @Override
    public void processElement1(Signal signal, Context context, Collector<RiskScore> out) throws Exception {
        double points = RiskModel.base(signal);
        if (points > 0) {
            String kind = signal.getKind() == SignalKind.DRIFT ? "drift" : "rule";
            add(new RiskFactor(kind, signal.getRule(), points, sentence(signal.getOutput()), signal.getId(), 1,
                    signal.getEventTime(), List.of(signal.getId()), false), signal.getWorkload(), signal.getCompleteness(), context, out);
        }
    }

    @Override
    public void processElement2(Incident incident, Context context, Collector<RiskScore> out) throws Exception {
        add(new RiskFactor("incident", incident.getTitle(), RiskModel.base(incident),
                incident.getTitle() + ": " + incident.getSignals().size() + " signals in order",
                incident.getId(), 1, incident.getLastEventTime(), List.of(incident.getId()), false), incident.getWorkload(),
                incident.getCompleteness(), context, out);
    }

    private void add(
            RiskFactor evidence, WorkloadRef workload, Completeness completeness, Context context,
            Collector<RiskScore> out)
            throws Exception {
        RiskScore before = current.value();
        long time = evidence.getLastEventTime();
        List<RiskFactor> factors = List.of();
        if (before != null) {
            // Evidence may come out of order; risk is never decayed backwards.
            time = Math.max(time, before.getUpdatedTime());
            factors = model.decayed(before.getFactors(), time - before.getUpdatedTime());
            completeness = worse(before.getCompleteness(), completeness);
        }
        update(score(workload, RiskModel.add(factors, evidence), time, completeness),
                evidence.getKind().equals("incident"), context, out);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<RiskScore> out) throws Exception {
        RiskScore before = current.value();
        // At the end of a replay time jumps to the end of all days; nothing that happens there is a finding.
        if (before == null || context.timerService().currentWatermark() == Long.MAX_VALUE) {
            return;
        }
        long time = Math.max(before.getUpdatedTime(), timestamp * 1_000_000);
        List<RiskFactor> factors = model.decayed(before.getFactors(), time - before.getUpdatedTime());
        RiskScore after = score(before.getWorkload(), factors, time, before.getCompleteness());
        if (after.getLevel() == RiskLevel.NONE) {
            publish(after, false, out);
            current.clear();
            published.clear();
            timer.clear();
        } else {
            update(after, false, context, out);
        }
    }

    private void update(RiskScore score, boolean always, Context context, Collector<RiskScore> out) throws Exception {
        current.update(score);
        publish(score, always, out);
        // The next moment at which decay alone changes the level; a score of level NONE is forgotten after one step.
        double floor = RiskModel.floor(score.getLevel());
        long nanos = floor > 0 ? model.nanosUntil(score.getScore(), floor)
                : settings.riskHalfLifeSeconds() * 1_000_000_000L;
        long next = (score.getUpdatedTime() + nanos) / 1_000_000 + 1;
        Long before = timer.value();
        if (before != null) {
            context.timerService().deleteEventTimeTimer(before); // else each signal would leave one
        }
        timer.update(next);
        context.timerService().registerEventTimeTimer(next);
    }

    private void publish(RiskScore score, boolean always, Collector<RiskScore> out) throws Exception {
        RiskScore last = published.value();
        double lastScore = last == null ? 0 : last.getScore();
        RiskLevel lastLevel = last == null ? RiskLevel.NONE : last.getLevel();
        if (always || Math.abs(score.getScore() - lastScore) >= 1 || score.getLevel() != lastLevel) {
            published.update(score);
            out.collect(score);
        }
    }

    /** By Falco's convention an output is a sentence, then " | " and the fields: a reason is the sentence alone. */
    private static String sentence(String output) {
        int fields = output.indexOf(" | ");
        return fields < 0 ? output : output.substring(0, fields);
    }

    private RiskScore score(WorkloadRef workload, List<RiskFactor> factors, long time, Completeness completeness) {
        double score = RiskModel.score(factors);
        return new RiskScore(workload, score, RiskModel.level(score), factors, time,
                (long) settings.riskHalfLifeSeconds(), completeness, RiskEntity.WORKLOAD, "", 0.0);
    }

    private static Completeness worse(Completeness a, Completeness b) {
        return new Completeness(a.getComplete() && b.getComplete(), Math.max(a.getLostEvents(), b.getLostEvents()),
                Math.max(a.getMissingBatches(), b.getMissingBatches()));
    }
}
