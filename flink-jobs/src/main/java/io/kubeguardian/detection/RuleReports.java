package io.kubeguardian.detection;

import io.kubeguardian.rules.RuleMeter;
import io.kubeguardian.rules.RuleMeter.Cost;
import io.kubeguardian.schema.RuleCost;
import io.kubeguardian.schema.RuleStatus;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Writes down what a subtask runs. Bounded: a record too large for Kafka would stop the job. */
final class RuleReports {
    static final int MAX_COSTS = 1000;
    static final int MAX_NAME = 256;

    private final BundleReports reports;

    RuleReports(RuntimeContext runtime, DetectionClock clock) {
        this.reports = new BundleReports(DetectionJob.NAME, runtime, clock);
    }

    /**
     * A report when one is due, else null.
     *
     * @param changed one is due in any case
     * @param nowMillis processing time
     */
    RuleStatus due(EffectiveRules rules, boolean changed, long nowMillis) {
        return reports.isDue(changed, nowMillis) ? status(rules) : null;
    }

    private RuleStatus status(EffectiveRules rules) {
        RuleStatus.Builder status = reports.about(rules.bundle());
        RuleMeter meter = rules.meter();
        if (meter != null) {
            List<Cost> costs = meter.costs();
            status.setDigest(meter.rules().digest()).setRules(costs.size()).setLeftOut(meter.rules().skipped().size())
                    .setEvents(meter.events()).setSampledEvents(meter.sampledEvents())
                    .setSampledSharedNanos(meter.sharedNanos())
                    .setCosts(costs.stream()
                            .sorted(Comparator.comparingDouble(Cost::nanos).thenComparingLong(Cost::hits).reversed())
                            .limit(MAX_COSTS)
                            .map(RuleReports::cost)
                            .toList())
                    .setCostsLeftOut(Math.max(0, costs.size() - MAX_COSTS));
        }
        return status.build();
    }

    private static RuleCost cost(Cost cost) {
        String name = cost.rule().name();
        return new RuleCost(name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME) + '…', cost.hits(),
                cost.evaluations(), cost.sampledEvaluations(), cost.sampledNanos());
    }
}
