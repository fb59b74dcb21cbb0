package io.kubeguardian.webhook;

import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a risk says to a developer. */
final class RiskMessages {
    private static final String INCIDENT = "incident";
    private static final int LONGEST_WORKLOAD = 600;

    private RiskMessages() {}

    /** Id of the weightiest incident behind the risk. */
    static Optional<String> incident(WorkloadRisk risk) {
        return risk.factors().stream()
                .filter(factor -> factor.kind().equals(INCIDENT))
                .map(WorkloadRisk.Factor::evidenceId)
                .filter(id -> !id.isEmpty())
                .findFirst();
    }

    /** Which workload, how much over what, because of what, what to do, and how long it lasts by itself. */
    static String denial(String workload, WorkloadRisk risk, double threshold, long nowNanos) {
        return reason(workload, risk, threshold, "pods are denied", nowNanos);
    }

    /** The same, of the way into its running pods. */
    static String access(String workload, WorkloadRisk risk, double threshold, long nowNanos) {
        return reason(workload, risk, threshold, "nobody is to get into its pods", nowNanos);
    }

    private static String reason(String workload, WorkloadRisk risk, double threshold, String what, long nowNanos) {
        StringBuilder text = new StringBuilder()
                .append(String.format(Locale.ROOT, "the risk of workload %s is %.1f (%s), %s from %s on",
                        Text.oneLine(workload, LONGEST_WORKLOAD), risk.scoreAt(nowNanos), risk.level(),
                        what, number(threshold)));
        if (!risk.factors().isEmpty()) {
            double decay = risk.decayAt(nowNanos);
            text.append(", because of ").append(risk.factors().stream()
                    .map(factor -> factor(factor, decay))
                    .collect(Collectors.joining("; ")));
        }
        if (risk.otherFactors() > 0) {
            text.append("; and ").append(risk.otherFactors()).append(" lesser");
        }
        if (risk.lostEvents() > 0) {
            text.append(" (evidence is incomplete: ").append(risk.lostEvents()).append(" events or batches are missing)");
        }
        text.append("; ").append(incident(risk)
                .map(id -> "look at incident " + id + " (kubeguardian monitor --from-beginning)")
                .orElse("look at its alerts (kubeguardian monitor)"));
        text.append(" and ask your security team");
        double seconds = risk.secondsUntil(threshold, nowNanos);
        text.append(Double.isInfinite(seconds)
                ? "; with this threshold it does not pass by itself"
                : "; if nothing is added it falls below the threshold in about " + duration(seconds)
                        + " (half-life " + duration(risk.halfLifeSeconds()) + ")");
        return text.toString();
    }

    /** That the risk is near, or over the threshold and lets pods in all the same, and how fresh it is. */
    static String warning(String workload, WorkloadRisk risk, RiskJudgement judgement, long nowNanos) {
        double score = risk.scoreAt(nowNanos);
        String what = String.format(Locale.ROOT, "KubeGuardian: the risk of workload %s is %.1f; ",
                Text.oneLine(workload, LONGEST_WORKLOAD), score);
        if (score < judgement.denyAtRisk()) {
            return what + "pods are denied from " + number(judgement.denyAtRisk()) + " on";
        }
        return what + (judgement.isStale(risk, nowNanos)
                ? "it is let in because that was last updated at "
                        + Nanos.toInstant(risk.updatedNanos()).truncatedTo(ChronoUnit.SECONDS)
                : "it is over " + number(judgement.denyAtRisk()) + " and let in because admission.atRisk is warn");
    }

    /** That a decision keeps the workload's new pods out, until when, and who can change it. */
    static String quarantined(String workload, Quarantine quarantine) {
        return "workload " + Text.oneLine(workload, LONGEST_WORKLOAD) + " is quarantined until "
                + Nanos.toInstant(quarantine.untilNanos()).truncatedTo(ChronoUnit.SECONDS) + ": " + quarantine.reason()
                + "; decision " + quarantine.id() + " (kubeguardian decisions list); ask your security team";
    }

    private static String factor(WorkloadRisk.Factor factor, double decay) {
        String times = factor.count() > 1 ? ", " + factor.count() + " times" : "";
        return String.format(Locale.ROOT, "%s \"%s\" (%+.1f%s, last at %s): %s", factor.kind(), factor.name(),
                factor.points() * (factor.standing() ? 1 : decay), times, Nanos.toInstant(factor.lastNanos()).truncatedTo(ChronoUnit.SECONDS),
                factor.reason());
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** Rounded up to the unit that a person would use. */
    private static String duration(double seconds) {
        if (seconds < 120) {
            return (long) Math.ceil(seconds) + " s";
        }
        return seconds < 7200 ? (long) Math.ceil(seconds / 60) + " min" : (long) Math.ceil(seconds / 3600) + " h";
    }
}
