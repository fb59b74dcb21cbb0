package io.kubeguardian.detection;

import io.kubeguardian.rules.RuleMeter;
import io.kubeguardian.rules.RuleMeter.Cost;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Hits and cost of each rule as Flink metrics: {@code rule.<name>.hits}, {@code rule.<name>.nanosPerEvent}. A metric of
 * Flink stays for as long as its task, so a rule that is gone goes on as 0, and only the first {@value #LIMIT} names get
 * metrics; the rule status has them all.
 */
final class RuleMetrics {
    static final int LIMIT = 1000;

    private final MetricGroup group;
    private final Map<String, Cost> costs = new HashMap<>();
    private final Map<String, MetricGroup> groups = new HashMap<>();
    private volatile int rules;

    RuleMetrics(MetricGroup parent) {
        group = parent.addGroup("rule");
        parent.gauge("rules", (Gauge<Integer>) () -> rules);
    }

    /** @param meter of what runs now, or null */
    void update(RuleMeter meter) {
        synchronized (costs) {
            costs.clear();
            if (meter != null) {
                meter.costs().forEach(cost -> costs.put(cost.rule().name(), cost));
            }
        }
        rules = costs.size();
        for (String name : costs.keySet()) {
            if (groups.size() < LIMIT && !groups.containsKey(name)) {
                groups.put(name, register(name));
            }
        }
    }

    private MetricGroup register(String name) {
        MetricGroup rule = group.addGroup(name);
        rule.gauge("hits", (Gauge<Long>) () -> {
            Cost cost = cost(name);
            return cost == null ? 0 : cost.hits();
        });
        rule.gauge("nanosPerEvent", (Gauge<Double>) () -> {
            Cost cost = cost(name);
            return cost == null || cost.sampledEvaluations() == 0 ? 0
                    : (double) cost.sampledNanos() / cost.sampledEvaluations();
        });
        return rule;
    }

    /** For a reporter's thread. */
    private Cost cost(String name) {
        synchronized (costs) {
            return costs.get(name);
        }
    }
}
