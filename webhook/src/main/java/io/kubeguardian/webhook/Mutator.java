package io.kubeguardian.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.kubeguardian.config.AdmissionSettings;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.InvalidObjectException;
import io.kubeguardian.policy.JsonPatches;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodTemplates;
import io.kubeguardian.policy.user.PolicyAction;
import io.kubeguardian.policy.user.Request;
import io.kubeguardian.policy.user.UserPolicy;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.WorkloadRef;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an object should be changed to before it is judged: policies that set fields, then, for a new Pod, digests for tags,
 * hardening, and what a workload at risk is let through with. Templates of workloads are left as they are: their
 * pods pass here one by one, and whoever keeps the template in a repository would see a difference for ever. Denies nothing.
 */
final class Mutator {
    private final String cluster;
    private final Knowledge knowledge;
    private final RiskJudgement judgement;
    private final NamespaceHardening hardening;
    private final RiskHardening riskHardening;
    private final Exemptions exemptions;

    Mutator(String cluster, double denyAtRisk, AdmissionSettings settings, Knowledge knowledge) {
        this.cluster = cluster;
        this.knowledge = knowledge;
        this.judgement = new RiskJudgement(denyAtRisk, settings);
        this.hardening = new NamespaceHardening(settings, knowledge.imageUsers());
        this.riskHardening = new RiskHardening(settings.riskSeccompProfile());
        this.exemptions = Exemptions.of(settings);
    }

    /**
     * Always allowed; {@link Decision#patch()} is what to change.
     *
     * @param nowNanos nanoseconds since the Unix epoch
     * @throws InvalidObjectException when the object is one that the API server would refuse; the message names the field
     */
    Decision mutate(AdmissionRequest request, long nowNanos) throws InvalidObjectException {
        Asked asked = new Asked(request);
        if (exemptions.hold(request) || asked.isBeingDeleted() || request.object().isMissingNode()) {
            return Decision.UNTOUCHED;
        }
        List<Fix> fixes = new ArrayList<>();
        List<String> policies = new ArrayList<>();
        Map<String, String> audit = new LinkedHashMap<>();
        Manifest manifest = byPolicies(asked, nowNanos, fixes, policies);
        String workload = "";
        if (asked.isNewPod()) {
            WorkloadRef owner = Workloads.of(cluster, request);
            workload = Keys.workload(owner);
            long begun = System.nanoTime();
            manifest = apply(manifest, asked.ofWhatIsNew(knowledge.images().apply(manifest.pod()).fixes()), fixes);
            String key = workload;
            Hardening.Known known = new Hardening.Known(Duration.ofNanos(System.nanoTime() - begun),
                    container -> knowledge.learned().test(key, container));
            manifest = apply(manifest, hardening.of(knowledge.policies().namespace(request.namespace()))
                    .fixes(manifest, asked.addsEphemeralContainers(), known), fixes);
            WorkloadRisk risk = knowledge.risks().apply(workload);
            if (!asked.addsEphemeralContainers()
                    && judgement.of(risk, nowNanos) == RiskJudgement.Verdict.HARDEN) {
                manifest = apply(manifest, riskHardening.fixes(manifest, owner), fixes);
                audit.put("hardened", "risk");
            }
        } else if (asked.changesAPod()) {
            manifest = apply(manifest, asked.ofWhatIsNew(knowledge.images().apply(manifest.pod()).fixes()), fixes);
        }
        ArrayNode patch = JsonPatches.of(asked.manifest().root(), fixes);
        if (patch.isEmpty()) {
            return Decision.UNTOUCHED;
        }
        audit.put("changes", Integer.toString(patch.size()));
        return new Decision(true, "", List.of(), List.of(), audit, workload, List.of(), List.copyOf(policies),
                Double.NaN, 0, patch);
    }

    /** The object after all policies that set fields, each of which sees what those before it have done. */
    private Manifest byPolicies(Asked asked, long nowNanos, List<Fix> fixes, List<String> names) {
        Manifest manifest = asked.manifest();
        LocalDate today = LocalDate.ofInstant(Nanos.toInstant(nowNanos), ZoneOffset.UTC);
        for (UserPolicy policy : knowledge.policies().inForce()) {
            if (policy.action() != PolicyAction.MUTATE) {
                continue;
            }
            Request request = asked.forPolicies(knowledge.policies());
            if (policy.isAbout(manifest, request)) {
                List<Fix> more = policy.judge(manifest, request, today).fixes();
                if (!more.isEmpty()) {
                    names.add(policy.name());
                    manifest = apply(manifest, more, fixes);
                }
            }
        }
        return manifest;
    }

    private static Manifest apply(Manifest manifest, List<Fix> more, List<Fix> fixes) {
        Node root = manifest.root();
        for (Fix fix : more) {
            root = fix.applyTo(root);
        }
        fixes.addAll(more);
        return more.isEmpty() ? manifest
                : Manifest.of(manifest.group(), manifest.version(), manifest.kind(), root, PodTemplates.OWN);
    }
}
