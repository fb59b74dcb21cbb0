package io.kubeguardian.webhook;

import io.kubeguardian.config.AccessAtRisk;
import io.kubeguardian.config.AdmissionSettings;
import java.util.Set;

/**
 * Who gets into a running pod of a workload that is at risk or quarantined: whoever stole a credential does so by exec and
 * port-forward, and so do those who look into the incident. These are named by their groups; they are let in with a warning.
 */
final class PodAccess {
    private static final Set<String> KINDS =
            Set.of("PodExecOptions", "PodAttachOptions", "PodPortForwardOptions", "PodProxyOptions");

    private final AccessAtRisk setting;
    private final Set<String> responders;
    private final RiskJudgement judgement;
    private final Knowledge knowledge;

    PodAccess(AdmissionSettings settings, RiskJudgement judgement, Knowledge knowledge) {
        this.setting = settings.accessAtRisk();
        this.responders = Set.copyOf(settings.accessExemptGroups());
        this.judgement = judgement;
        this.knowledge = knowledge;
    }

    /** Whether a request connects to a running pod, and that matters. */
    boolean isAbout(AdmissionRequest request) {
        return setting != AccessAtRisk.IGNORE && request.operation() == AdmissionRequest.Operation.CONNECT
                && request.group().isEmpty() && KINDS.contains(request.kind());
    }

    /** Judges a connection to a pod, by the workload that it is known to be of. */
    void connecting(AdmissionRequest request, long nowNanos, Judgement judged) {
        String workload = knowledge.pods().apply(request.namespace(), request.name());
        if (workload == null) {
            judged.note("workload", "unknown");
            return;
        }
        judged.workload(workload);
        judge(request, workload, nowNanos, judged);
    }

    /** Judges the way into a pod of a workload. */
    void judge(AdmissionRequest request, String workload, long nowNanos, Judgement judged) {
        if (setting == AccessAtRisk.IGNORE) {
            return;
        }
        WorkloadRisk risk = knowledge.risks().apply(workload);
        judged.risk(risk, judgement, nowNanos);
        boolean denies = setting == AccessAtRisk.DENY && request.groups().stream().noneMatch(responders::contains);
        if (judgement.isOver(risk, nowNanos)) {
            say(denies && !judgement.warnsAtMost(risk, nowNanos), Decider.RISK,
                    RiskMessages.access(workload, risk, judgement.denyAtRisk(), nowNanos), judged);
        }
        Quarantine quarantine = knowledge.quarantine(workload, nowNanos);
        if (quarantine != null) {
            say(denies, Decider.QUARANTINE, RiskMessages.quarantined(workload, quarantine), judged);
        }
    }

    private void say(boolean denies, String by, String reason, Judgement judged) {
        if (denies) {
            judged.deny(by, reason);
        } else {
            judged.warn("KubeGuardian lets " + (setting == AccessAtRisk.DENY ? "this group" : "everybody") + " in although "
                    + reason);
        }
    }
}
