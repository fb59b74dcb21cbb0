package io.kubeguardian.webhook;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every workload's risk, in memory. Read by many threads, written by one.
 *
 * <p>Bounded: beyond {@code limit} workloads the sixteenth with the lowest risk now goes at once (so that the cost per
 * record stays small), which is counted. A risk that has decayed below {@link #NEGLIGIBLE} goes too.
 */
final class RiskView {
    /** No threshold that anyone would set; half a point of 100 decays to it in about two and a half half-lives. */
    static final double NEGLIGIBLE = 0.1;

    private final Map<String, WorkloadRisk> risks = new ConcurrentHashMap<>();
    private final Map<String, Quarantine> quarantines = new ConcurrentHashMap<>();
    private final int limit;
    private final WebhookMetrics metrics;

    RiskView(int limit, WebhookMetrics metrics) {
        this.limit = limit;
        this.metrics = metrics;
    }

    /** The risk of a workload by its key; null when none is known. */
    WorkloadRisk get(String workload) {
        return risks.get(workload);
    }

    /** Whether a workload gets no new pods; null when it does. */
    Quarantine quarantine(String workload) {
        return quarantines.get(workload);
    }

    /** @param quarantine null: it is over. Bounded: the job holds back far fewer than the limit */
    void quarantine(String workload, Quarantine quarantine) {
        if (quarantine == null) {
            quarantines.remove(workload);
        } else if (quarantines.size() < limit || quarantines.containsKey(workload)) {
            quarantines.put(workload, quarantine);
        } else {
            metrics.riskDropped.labels("limit").inc();
        }
    }

    int size() {
        return risks.size();
    }

    void put(String workload, WorkloadRisk risk, long nowNanos) {
        risks.put(workload, risk);
        if (risks.size() > limit) {
            evict(nowNanos);
        }
        metrics.riskWorkloads.set(risks.size());
    }

    void remove(String workload) {
        risks.remove(workload);
        metrics.riskWorkloads.set(risks.size());
    }

    /** Drops what has decayed to nothing. */
    void expire(long nowNanos) {
        quarantines.values().removeIf(quarantine -> quarantine.untilNanos() <= nowNanos);
        int before = risks.size();
        risks.values().removeIf(risk -> risk.scoreAt(nowNanos) < NEGLIGIBLE);
        metrics.riskDropped.labels("decayed").inc(before - risks.size());
        metrics.riskWorkloads.set(risks.size());
    }

    private record Candidate(String workload, double score, long updatedNanos) {}

    private void evict(long nowNanos) {
        List<Candidate> lowest = risks.entrySet().stream()
                .map(e -> new Candidate(e.getKey(), e.getValue().scoreAt(nowNanos), e.getValue().updatedNanos()))
                .sorted(Comparator.comparingDouble(Candidate::score).thenComparingLong(Candidate::updatedNanos))
                .limit(Math.max(risks.size() - limit, limit / 16))
                .toList();
        lowest.forEach(candidate -> risks.remove(candidate.workload));
        metrics.riskDropped.labels("limit").inc(lowest.size());
    }
}
