package io.kubeguardian.webhook;

import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.InvalidObjectException;
import io.kubeguardian.policy.PodCheck;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.policy.PrivilegedContainers;
import io.kubeguardian.schema.Keys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Decides about one request: a pure function of the request, the known risks and the time.
 *
 * <p>Judged are CREATE and UPDATE of Pods and of everything with a pod template. An UPDATE that leaves the pod template
 * (of a Pod: the specification) as it was makes no new pods of a new shape, and one of an object that is being deleted
 * only clears its finalizers: both are allowed, so that controllers can keep their status and clean up, and a
 * workload at risk can be scaled down, labelled and deleted. Everything else is allowed untouched.
 */
final class Decider {
    /** Never denied there: a cluster must be able to repair itself, and KubeGuardian to come back. */
    static final Set<String> EXEMPT_NAMESPACES = Set.of("kube-system", "kubeguardian");

    /** {@link Decision#deniedBy()} for risk; a check's id for the others. */
    static final String RISK = "risk";

    private final String cluster;
    private final double denyAtRisk;
    private final List<PodCheck> checks;
    private final Function<String, WorkloadRisk> risks;

    /**
     * @param denyAtRisk risk from which a workload's pods are denied, 0 to 100; a workload without a known risk never is
     * @param denyPrivileged deny privileged containers
     * @param risks risk by workload key, null when unknown
     */
    Decider(String cluster, double denyAtRisk, boolean denyPrivileged, Function<String, WorkloadRisk> risks) {
        this.cluster = cluster;
        this.denyAtRisk = denyAtRisk;
        this.checks = denyPrivileged ? List.of(new PrivilegedContainers()) : List.of();
        this.risks = risks;
    }

    /**
     * @param nowNanos nanoseconds since the Unix epoch
     * @throws InvalidObjectException when the object is one that the API server would refuse; the message names the
     *     field
     */
    Decision decide(AdmissionRequest request, long nowNanos) throws InvalidObjectException {
        if (!isJudged(request)) {
            return Decision.UNTOUCHED;
        }
        PodSpec pod = PodSpec.of(request.group(), request.kind(), request.object()).orElseThrow();
        if (changesNoPods(request, pod)) {
            return Decision.UNTOUCHED;
        }
        String workload = Keys.workload(Workloads.of(cluster, request));
        Map<String, String> audit = new LinkedHashMap<>();
        audit.put("workload", Text.oneLine(workload, 600));
        List<String> reasons = new ArrayList<>();
        List<String> deniedBy = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        WorkloadRisk risk = risks.apply(workload);
        if (risk != null) {
            double score = risk.scoreAt(nowNanos);
            audit.put("risk", String.format(Locale.ROOT, "%.1f", score));
            RiskMessages.incident(risk).ifPresent(incident -> audit.put("incident", incident));
            if (score >= denyAtRisk) {
                reasons.add(RiskMessages.denial(workload, risk, denyAtRisk, nowNanos));
                deniedBy.add(RISK);
            } else if (score >= denyAtRisk / 2) {
                warnings.add(RiskMessages.warning(workload, score, denyAtRisk));
            }
        }
        for (PodCheck check : checks) {
            for (Finding finding : check.check(pod)) {
                reasons.add(Text.oneLine(finding.message(), 400) + "; to fix it, " + finding.remediation());
                if (!deniedBy.contains(finding.id())) {
                    deniedBy.add(finding.id());
                }
            }
        }
        if (!reasons.isEmpty() && EXEMPT_NAMESPACES.contains(request.namespace())) {
            reasons.forEach(reason -> warnings.add("KubeGuardian allows this in namespace " + request.namespace()
                    + " only: " + reason));
            reasons.clear();
            deniedBy.clear();
        }
        return new Decision(reasons.isEmpty(), DenialMessage.of(request, reasons), List.copyOf(deniedBy),
                List.copyOf(warnings), audit, workload);
    }

    private static boolean isJudged(AdmissionRequest request) {
        boolean writes = request.operation() == AdmissionRequest.Operation.CREATE
                || request.operation() == AdmissionRequest.Operation.UPDATE;
        return writes && request.subResource().isEmpty() && PodSpec.isHeldBy(request.group(), request.kind());
    }

    private static boolean changesNoPods(AdmissionRequest request, PodSpec pod) throws InvalidObjectException {
        if (request.operation() != AdmissionRequest.Operation.UPDATE) {
            return false;
        }
        if (request.object().path("metadata").hasNonNull("deletionTimestamp")) {
            return true;
        }
        return !request.oldObject().isMissingNode()
                && PodSpec.of(request.group(), request.kind(), request.oldObject())
                        .filter(old -> old.source().equals(pod.source()))
                        .isPresent();
    }
}
