package io.kubeguardian.webhook;

import io.kubeguardian.policy.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Gathers what is said about one request. */
final class Judgement {
    /** The API server cuts warnings at 4,096 characters in all. */
    private static final int MOST_WARNINGS = 20;

    private final boolean exempt;
    private final Map<String, String> notes = new LinkedHashMap<>();
    private final List<String> reasons = new ArrayList<>();
    private final Set<String> deniedBy = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> policies = new ArrayList<>();
    private String workload = "";
    private double risk = Double.NaN;
    private long riskUpdatedNanos;

    /** @param exempt what would be denied is a warning */
    Judgement(boolean exempt) {
        this.exempt = exempt;
    }

    void workload(String key) {
        workload = key;
        note("workload", Text.oneLine(key, 600));
    }

    /** @param known null: no risk is known */
    void risk(WorkloadRisk known, RiskJudgement judgement, long nowNanos) {
        if (known == null) {
            return;
        }
        risk = known.scoreAt(nowNanos);
        riskUpdatedNanos = known.updatedNanos();
        note("risk", String.format(Locale.ROOT, "%.1f", risk));
        RiskMessages.incident(known).ifPresent(incident -> note("incident", incident));
        if (judgement.isStale(known, nowNanos)) {
            note("risk-stale-since", Nanos.toInstant(riskUpdatedNanos).toString());
        }
    }

    /** For the API server's audit log. */
    void note(String name, String value) {
        notes.put(name, value);
    }

    /** All in one note: names of notes are shorter than those of policies may be. */
    void exempt(String policy, String reason) {
        notes.merge("exempt", policy + ": " + reason, (one, other) -> Text.oneLine(one + "; " + other, 1_000));
    }

    void deny(String by, String reason) {
        deniedBy.add(by);
        reasons.add(reason);
    }

    void warn(String warning) {
        warnings.add(warning);
    }

    void found(Finding finding) {
        findings.add(finding);
    }

    void policy(String name) {
        policies.add(name);
    }

    Decision decision(AdmissionRequest request) {
        if (exempt) {
            reasons.forEach(reason -> warnings.add("KubeGuardian allows this in namespace " + request.namespace()
                    + " only: " + reason));
            reasons.clear();
            deniedBy.clear();
        }
        List<String> shown = new ArrayList<>(warnings);
        if (shown.size() > MOST_WARNINGS) {
            int more = shown.size() - MOST_WARNINGS;
            shown = new ArrayList<>(shown.subList(0, MOST_WARNINGS));
            shown.add("KubeGuardian: and " + more + " more");
        }
        return new Decision(reasons.isEmpty(), DenialMessage.of(request, reasons), List.copyOf(deniedBy),
                List.copyOf(shown), notes, workload, List.copyOf(findings), List.copyOf(policies), risk, riskUpdatedNanos,
                null);
    }
}
