package io.kubeguardian.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeguardian.policy.BuiltInChecks;
import io.kubeguardian.policy.Engine;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.InvalidObjectException;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodShape;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.policy.PodTemplates;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.webhook.image.ImageProvenance;
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
    static final String QUARANTINE = "quarantine";
    static final String IMAGE_PROVENANCE = "image-provenance";

    private final String cluster;
    private final double denyAtRisk;
    private final Engine engine;
    /** Ids of the checks whose findings deny; those of all others are told to audit and posture alone. */
    private final Set<String> denyingChecks;
    private final Function<String, WorkloadRisk> risks;
    private final Function<String, Quarantine> quarantines;
    private final Function<PodSpec, ImageProvenance.Outcome> images;

    /**
     * @param denyAtRisk risk from which a workload's pods are denied, 0 to 100; a workload without a known risk never is
     * @param denyPrivileged deny privileged containers
     * @param risks risk by workload key, null when unknown
     */
    Decider(String cluster, double denyAtRisk, boolean denyPrivileged, Function<String, WorkloadRisk> risks) {
        this(cluster, denyAtRisk, denyPrivileged, risks, workload -> null, pod -> ImageProvenance.Outcome.NOTHING);
    }

    /**
     * @param quarantines decisions by workload key that it gets no new pods, null when it does
     * @param images what follows from where a pod's images come from
     */
    Decider(
            String cluster, double denyAtRisk, boolean denyPrivileged, Function<String, WorkloadRisk> risks,
            Function<String, Quarantine> quarantines, Function<PodSpec, ImageProvenance.Outcome> images) {
        this.quarantines = quarantines;
        this.images = images;
        this.cluster = cluster;
        this.denyAtRisk = denyAtRisk;
        this.engine = new Engine(BuiltInChecks.all());
        this.denyingChecks = denyPrivileged ? Set.of("privileged-container") : Set.of();
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
        Manifest manifest = manifest(request, request.object());
        PodShape.require(manifest, PodTemplates.OWN);
        if (changesNoPods(request, manifest)) {
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
        Quarantine quarantine = quarantines.apply(workload);
        if (quarantine != null && quarantine.untilNanos() > nowNanos) {
            reasons.add(RiskMessages.quarantined(workload, quarantine));
            deniedBy.add(QUARANTINE);
        }
        List<Finding> findings = engine.evaluate(manifest);
        for (Finding finding : findings) {
            if (!denyingChecks.contains(finding.id())) {
                continue;
            }
            reasons.add(Text.oneLine(finding.message(), 400) + "; to fix it, " + finding.remediation());
            if (!deniedBy.contains(finding.id())) {
                deniedBy.add(finding.id());
            }
        }
        ImageProvenance.Outcome provenance = images.apply(manifest.pod());
        warnings.addAll(provenance.warnings());
        if (!provenance.reasons().isEmpty()) {
            reasons.addAll(provenance.reasons());
            deniedBy.add(IMAGE_PROVENANCE);
        }
        if (!reasons.isEmpty() && EXEMPT_NAMESPACES.contains(request.namespace())) {
            reasons.forEach(reason -> warnings.add("KubeGuardian allows this in namespace " + request.namespace()
                    + " only: " + reason));
            reasons.clear();
            deniedBy.clear();
        }
        return new Decision(reasons.isEmpty(), DenialMessage.of(request, reasons), List.copyOf(deniedBy),
                List.copyOf(warnings), audit, workload, List.copyOf(findings), List.of(),
                risk == null ? Double.NaN : risk.scoreAt(nowNanos), risk == null ? 0 : risk.updatedNanos(),
                EXEMPT_NAMESPACES.contains(request.namespace()) ? List.of() : provenance.fixes());
    }

    private static boolean isJudged(AdmissionRequest request) {
        boolean writes = request.operation() == AdmissionRequest.Operation.CREATE
                || request.operation() == AdmissionRequest.Operation.UPDATE;
        return writes && request.subResource().isEmpty() && PodTemplates.OWN.hold(request.group(), request.kind());
    }

    private static boolean changesNoPods(AdmissionRequest request, Manifest manifest) {
        if (request.operation() != AdmissionRequest.Operation.UPDATE) {
            return false;
        }
        if (manifest.metadata().get("deletionTimestamp").isPresent()) {
            return true;
        }
        Manifest old = manifest(request, request.oldObject());
        return old.pod() != null && old.pod().makesTheSamePodsAs(manifest.pod());
    }

    private static Manifest manifest(AdmissionRequest request, JsonNode object) {
        return Manifest.of(request.group(), "", request.kind(), Node.of(object), PodTemplates.OWN);
    }
}
