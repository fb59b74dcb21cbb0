package io.kubeguardian.webhook;

import io.kubeguardian.config.AdmissionSettings;
import io.kubeguardian.policy.BuiltInChecks;
import io.kubeguardian.policy.Engine;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.InvalidObjectException;
import io.kubeguardian.policy.user.CheckException;
import io.kubeguardian.policy.user.PolicyAction;
import io.kubeguardian.policy.user.Request;
import io.kubeguardian.policy.user.UserPolicy;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.WorkloadRef;
import io.kubeguardian.webhook.image.ImageProvenance;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides about one request: a pure function of the request, of what is known, and of the time.
 *
 * <p>New pods, and changes of what pods are made from, are judged by risk, built-in checks, image policies and the user's
 * own policies; other objects (a Service, a Role) by checks and own policies; a DELETE by the last alone, and an exec by them and,
 * where that is wanted, by risk. An
 * UPDATE that leaves the pods as they are is never denied for what was so before, and one of an object that is being deleted is
 * let through, so that controllers can keep their status and clean up, and a workload at risk can be scaled down, labelled and
 * deleted.
 */
final class Decider {
    /** {@link Decision#deniedBy()} for risk; a check's id or a policy's name for the others. */
    static final String RISK = "risk";
    static final String QUARANTINE = "quarantine";
    static final String IMAGE_PROVENANCE = "image-provenance";
    private static final String EPHEMERAL_PATH = "ephemeralContainers[";

    private final String cluster;
    private final Engine engine;
    /** Ids of the checks whose findings deny, and warn; those of all others are told to audit and posture alone. */
    private final Set<String> denyingChecks;
    private final Set<String> warningChecks;
    private final Knowledge knowledge;
    private final RiskJudgement judgement;
    private final RiskHardening riskHardening;
    private final PodAccess access;
    private final Exemptions exemptions;

    /**
     * @param denyAtRisk risk from which a workload's pods are denied, 0 to 100; a workload without a known risk never is
     * @param denyPrivileged deny privileged containers, whatever the settings say of checks
     * @throws io.kubeguardian.config.ConfigException when the settings name a check that there is not
     */
    Decider(String cluster, double denyAtRisk, boolean denyPrivileged, AdmissionSettings settings, Knowledge knowledge) {
        this.cluster = cluster;
        this.engine = new Engine(BuiltInChecks.all());
        Set<String> denying = new HashSet<>(CheckChoice.of("admission.denyChecks", settings.denyChecks()));
        if (denyPrivileged) {
            denying.add("privileged-container");
        }
        this.denyingChecks = Set.copyOf(denying);
        this.warningChecks = CheckChoice.of("admission.warnChecks", settings.warnChecks());
        this.knowledge = knowledge;
        this.judgement = new RiskJudgement(denyAtRisk, settings);
        this.riskHardening = new RiskHardening(settings.riskSeccompProfile());
        this.access = new PodAccess(settings, judgement, knowledge);
        this.exemptions = Exemptions.of(settings);
    }

    Exemptions exemptions() {
        return exemptions;
    }

    /**
     * @param nowNanos nanoseconds since the Unix epoch
     * @throws InvalidObjectException when the object is one that the API server would refuse; the message names the
     *     field
     */
    Decision decide(AdmissionRequest request, long nowNanos) throws InvalidObjectException {
        Asked asked = new Asked(request);
        if (asked.isBeingDeleted() || exemptions.holdBy(request)) {
            return Decision.UNTOUCHED;
        }
        boolean samePods = asked.changesNoPods();
        boolean pods = asked.makesPods() && !samePods;
        List<UserPolicy> policies = knowledge.policies().inForce();
        boolean whole = asked.bringsAnObject() && !samePods;
        boolean connects = access.isAbout(request);
        if (!pods && !whole && !connects && policies.isEmpty()) {
            return Decision.UNTOUCHED;
        }
        Judgement judged = new Judgement(exemptions.holdIn(request.namespace()));
        if (pods) {
            WorkloadRef owner = Workloads.of(cluster, request);
            judged.workload(Keys.workload(owner));
            if (asked.addsEphemeralContainers()) {
                access.judge(request, Keys.workload(owner), nowNanos, judged);
            } else {
                byRisk(asked, owner, nowNanos, judged);
            }
            byImages(asked, judged);
        }
        if (connects) {
            access.connecting(request, nowNanos, judged);
        }
        if (pods || whole) {
            byChecks(asked, nowNanos, judged);
        }
        byPolicies(asked, policies, samePods, nowNanos, judged);
        return judged.decision(request);
    }

    private void byRisk(Asked asked, WorkloadRef owner, long nowNanos, Judgement judged) {
        String workload = Keys.workload(owner);
        WorkloadRisk risk = knowledge.risks().apply(workload);
        judged.risk(risk, judgement, nowNanos);
        switch (judgement.of(risk, nowNanos)) {
            case DENY -> judged.deny(RISK, RiskMessages.denial(workload, risk, judgement.denyAtRisk(), nowNanos));
            case WARN -> judged.warn(RiskMessages.warning(workload, risk, judgement, nowNanos));
            case HARDEN -> hardened(asked, owner, risk, nowNanos, judged);
            case FINE -> { }
        }
        Quarantine quarantine = knowledge.quarantine(workload, nowNanos);
        if (quarantine != null) {
            judged.deny(QUARANTINE, RiskMessages.quarantined(workload, quarantine));
        }
    }

    /** The mutating webhook comes before: a Pod that was not hardened there did not pass it. */
    private void hardened(Asked asked, WorkloadRef owner, WorkloadRisk risk, long nowNanos, Judgement judged) {
        String why = RiskMessages.denial(Keys.workload(owner), risk, judgement.denyAtRisk(), nowNanos);
        if (!asked.manifest().is("", "Pod")) {
            judged.warn("KubeGuardian: its pods will be hardened: " + why);
        } else if (riskHardening.fixes(asked.manifest(), owner).isEmpty()) {
            judged.warn("KubeGuardian: let in hardened, with the label " + RiskHardening.LABEL + ": " + why);
        } else {
            judged.deny(RISK, why + "; it was to be hardened by KubeGuardian's mutating webhook, which has not seen it");
        }
    }

    private void byImages(Asked asked, Judgement judged) {
        ImageProvenance.Outcome provenance = knowledge.images().apply(asked.manifest().pod());
        provenance.warnings().forEach(judged::warn);
        provenance.reasons().forEach(reason -> judged.deny(IMAGE_PROVENANCE, reason));
        // A tag may stand for another image by the time that it is pulled.
        if ((asked.isNewPod() || asked.changesAPod()) && !asked.ofWhatIsNew(provenance.fixes()).isEmpty()) {
            judged.deny(IMAGE_PROVENANCE, "the pod's images were verified, but are not pinned to their digests: KubeGuardian's"
                    + " mutating webhook, which pins them, has not seen it");
        }
    }

    private void byChecks(Asked asked, long nowNanos, Judgement judged) {
        Map<String, String> exempt = exemptChecks(asked, nowNanos);
        List<Finding> findings = engine.evaluate(asked.manifest());
        // A label on what was wrong already is no new harm. Any other change is: at the same place there may be worse.
        List<Finding> before = findings.isEmpty() || !asked.changesOnlyMetadata() ? List.of() : engine.evaluate(asked.before());
        Set<String> exempted = new HashSet<>();
        for (Finding finding : findings) {
            if (asked.addsEphemeralContainers() && !finding.path().contains(EPHEMERAL_PATH)) {
                continue; // what runs already is not this request's doing
            }
            if (exempt.containsKey(finding.id())) {
                if (exempted.add(finding.id())) {
                    judged.exempt(finding.id(), exempt.get(finding.id()));
                }
                continue;
            }
            judged.found(finding);
            boolean isNew = before.stream().noneMatch(one -> one.id().equals(finding.id()) && isSame(one, finding));
            if (denyingChecks.contains(finding.id()) && isNew) {
                judged.deny(finding.id(), sentence(finding) + "; to fix it, " + finding.remediation());
            } else if (warningChecks.contains(finding.id()) || denyingChecks.contains(finding.id())) {
                judged.warn("KubeGuardian " + finding.id() + ": " + sentence(finding));
            }
        }
    }

    /** Why, by the ids of the checks that do not count for this request. */
    private Map<String, String> exemptChecks(Asked asked, long nowNanos) {
        List<CheckException> exceptions = knowledge.policies().checkExceptions();
        if (exceptions.isEmpty()) {
            return Map.of();
        }
        Map<String, String> exempt = new HashMap<>();
        Request request = asked.forPolicies(knowledge.policies());
        for (CheckException exception : exceptions) {
            String reason = exception.reason(asked.manifest(), request, today(nowNanos));
            if (!reason.isEmpty()) {
                exception.checks().forEach(check -> exempt.putIfAbsent(check, Text.oneLine(reason, 300)));
            }
        }
        return exempt;
    }

    private static LocalDate today(long nowNanos) {
        return LocalDate.ofInstant(Nanos.toInstant(nowNanos), ZoneOffset.UTC);
    }

    private void byPolicies(Asked asked, List<UserPolicy> policies, boolean samePods, long nowNanos, Judgement judged) {
        LocalDate today = today(nowNanos);
        for (UserPolicy policy : policies) {
            if (policy.action() == PolicyAction.MUTATE) {
                continue;
            }
            Request request = asked.forPolicies(knowledge.policies());
            if (!policy.isAbout(asked.manifest(), request)) {
                continue;
            }
            judged.policy(policy.name());
            UserPolicy.Result result = policy.judge(asked.manifest(), request, today);
            if (!result.exemptedBecause().isEmpty()) {
                judged.exempt(policy.name(), Text.oneLine(result.exemptedBecause(), 300));
            }
            if (result.findings().isEmpty()) {
                continue;
            }
            List<Finding> before = samePods && policy.isAbout(asked.before(), request)
                    ? policy.judge(asked.before(), request, today).findings() : List.of();
            for (Finding finding : result.findings()) {
                judged.found(finding);
                if (policy.action() == PolicyAction.DENY && before.stream().noneMatch(one -> isSame(one, finding))) {
                    judged.deny(policy.name(), sentence(finding) + " (policy " + policy.name() + "); to fix it, "
                            + finding.remediation());
                } else if (policy.action() != PolicyAction.AUDIT) {
                    judged.warn("KubeGuardian policy " + policy.name() + ": " + sentence(finding));
                }
            }
        }
    }

    /** At one place, or where no place is named, by its words. */
    private static boolean isSame(Finding one, Finding other) {
        return one.path().equals(other.path()) && (!one.path().isEmpty() || one.message().equals(other.message()));
    }

    private static String sentence(Finding finding) {
        return Text.oneLine(finding.message(), 400);
    }
}
