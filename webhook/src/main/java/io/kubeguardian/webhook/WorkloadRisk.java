package io.kubeguardian.webhook;

import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.RiskScore;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The risk of one workload as the webhook keeps it: small, immutable, with the texts already made fit for a message.
 *
 * @param score 0 to 100, as of {@code updatedNanos}
 * @param standing the part of it that does not decay
 * @param updatedNanos nanoseconds since the Unix epoch
 * @param halfLifeSeconds time in which the score halves
 * @param factors the weightiest, at most {@value #MOST_FACTORS}, first the weightiest
 * @param otherFactors how many more there were
 * @param lostEvents events and batches known to be missing from the evidence
 */
record WorkloadRisk(
        double score, double standing, RiskLevel level, long updatedNanos, long halfLifeSeconds, List<Factor> factors,
        int otherFactors, long lostEvents) {
    static final int MOST_FACTORS = 5;
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_REASON = 200;

    /**
     * @param points as of the score's time
     * @param lastNanos nanoseconds since the Unix epoch
     */
    record Factor(String kind, String name, double points, String reason, String evidenceId, int count, long lastNanos,
            boolean standing) {}

    /**
     * @param key the record's key
     * @throws MalformedRecordException when the record contradicts itself or its key
     */
    static WorkloadRisk of(String key, RiskScore record) throws MalformedRecordException {
        String own = Keys.workload(record.getWorkload());
        if (!own.equals(key)) {
            throw new MalformedRecordException("key is not that of the record's workload "
                    + Text.oneLine(own, LONGEST_REASON));
        }
        double score = record.getScore();
        if (!(score >= 0 && score <= 100)) {
            throw new MalformedRecordException("score is " + score + ", must be from 0 to 100");
        }
        if (!(record.getStanding() >= 0 && record.getStanding() <= score)) {
            throw new MalformedRecordException("standing is " + record.getStanding() + ", must be from 0 to the score");
        }
        if (record.getHalfLifeSeconds() <= 0) {
            throw new MalformedRecordException("halfLifeSeconds is " + record.getHalfLifeSeconds()
                    + ", must be positive");
        }
        List<Factor> factors = record.getFactors().stream()
                .sorted(Comparator.comparingDouble(RiskFactor::getPoints).reversed())
                .limit(MOST_FACTORS)
                .map(f -> new Factor(Text.oneLine(f.getKind(), LONGEST_NAME), Text.oneLine(f.getName(), LONGEST_NAME),
                        f.getPoints(), Text.oneLine(f.getReason(), LONGEST_REASON),
                        Text.oneLine(f.getEvidenceId(), LONGEST_NAME), f.getCount(), f.getLastEventTime(),
                        f.getStanding()))
                .toList();
        long lost = record.getCompleteness().getLostEvents() + record.getCompleteness().getMissingBatches();
        return new WorkloadRisk(score, record.getStanding(), record.getLevel(), record.getUpdatedTime(), record.getHalfLifeSeconds(), factors,
                record.getFactors().size() - factors.size(), lost);
    }

    /**
     * The score now: {@code standing + (score − standing) · 2^(−Δt / half-life)}. A time before the update (clocks differ) counts as Δt = 0.
     *
     * @param nowNanos nanoseconds since the Unix epoch
     */
    double scoreAt(long nowNanos) {
        return standing + (score - standing) * decayAt(nowNanos);
    }

    /** What is left of every point now: 1 at the update, 0.5 a half-life later. */
    double decayAt(long nowNanos) {
        double seconds = Math.max(0, nowNanos - updatedNanos) / (double) TimeUnit.SECONDS.toNanos(1);
        return Math.pow(2, -seconds / halfLifeSeconds);
    }

    /**
     * Seconds until the score has fallen to the threshold when nothing is added:
     * {@code half-life · log2((score now − standing) / (threshold − standing))}; infinite when what stands is enough.
     */
    double secondsUntil(double threshold, long nowNanos) {
        double now = scoreAt(nowNanos);
        if (now < threshold) {
            return 0;
        }
        return threshold <= standing ? Double.POSITIVE_INFINITY
                : halfLifeSeconds * (Math.log((now - standing) / (threshold - standing)) / Math.log(2));
    }
}
