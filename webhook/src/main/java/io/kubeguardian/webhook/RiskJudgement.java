package io.kubeguardian.webhook;

import io.kubeguardian.config.AdmissionSettings;
import io.kubeguardian.config.AtRisk;
import io.kubeguardian.config.StaleRisk;
import java.util.concurrent.TimeUnit;

/** What a workload's risk means for its new pods. */
final class RiskJudgement {
    /** From the mildest. */
    enum Verdict { FINE, WARN, HARDEN, DENY }

    private final double denyAtRisk;
    private final AtRisk atRisk;
    private final long staleNanos;
    private final StaleRisk staleRisk;

    RiskJudgement(double denyAtRisk, AdmissionSettings settings) {
        this.denyAtRisk = denyAtRisk;
        this.atRisk = settings.atRisk();
        this.staleNanos = settings.riskStaleSeconds() == 0 ? Long.MAX_VALUE
                : TimeUnit.SECONDS.toNanos(settings.riskStaleSeconds());
        this.staleRisk = settings.staleRisk();
    }

    double denyAtRisk() {
        return denyAtRisk;
    }

    /** @param risk null when none is known: then nothing speaks against the pod */
    Verdict of(WorkloadRisk risk, long nowNanos) {
        if (!counts(risk, nowNanos)) {
            return Verdict.FINE;
        }
        double score = risk.scoreAt(nowNanos);
        if (score < denyAtRisk) {
            return score >= denyAtRisk / 2 ? Verdict.WARN : Verdict.FINE;
        }
        if (warnsAtMost(risk, nowNanos)) {
            return Verdict.WARN;
        }
        return switch (atRisk) {
            case DENY -> Verdict.DENY;
            case WARN -> Verdict.WARN;
            case HARDEN -> Verdict.HARDEN;
        };
    }

    /** Whether the risk counts, and has reached the threshold. @param risk null when none is known */
    boolean isOver(WorkloadRisk risk, long nowNanos) {
        return counts(risk, nowNanos) && risk.scoreAt(nowNanos) >= denyAtRisk;
    }

    private boolean counts(WorkloadRisk risk, long nowNanos) {
        return risk != null && !(isStale(risk, nowNanos) && staleRisk == StaleRisk.IGNORE);
    }

    /** Whether it is too old to refuse anything by. */
    boolean warnsAtMost(WorkloadRisk risk, long nowNanos) {
        return isStale(risk, nowNanos) && staleRisk == StaleRisk.WARN;
    }

    boolean isStale(WorkloadRisk risk, long nowNanos) {
        return nowNanos - risk.updatedNanos() > staleNanos;
    }
}
