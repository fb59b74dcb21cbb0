package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What the admission webhook decides by, beside {@code webhook.denyAtRisk} and {@code webhook.denyPrivileged}.
 *
 * @param policies file, or folder of files, with policies of the user's own, read again when it changes (a mounted
 *     ConfigMap); empty: none
 * @param denyChecks built-in checks whose findings deny: ids, severities ({@code critical}) or frameworks
 *     ({@code pss-baseline})
 * @param warnChecks likewise, whose findings warn; those of all others go to audit and posture alone
 * @param harden what {@code /mutate} fills in for every new pod where it is left open
 * @param hardenLabel what a namespace's label {@code kubeguardian.io/harden} may change of that
 * @param atRisk what becomes of new pods of a workload over {@code webhook.denyAtRisk}
 * @param riskSeccompProfile seccomp profile on the nodes for pods that are admitted hardened; {@code {namespace}}, {@code {kind}}
 *     and {@code {name}} stand for the workload's; empty: the runtime's own
 * @param riskStaleSeconds age from which a risk counts as stale, seconds since its last update; 0: never
 * @param staleRisk what a stale risk is good for
 * @param accessAtRisk what becomes of exec, attach, port-forward and ephemeral containers of running pods of a workload that is
 *     over {@code webhook.denyAtRisk} or quarantined
 * @param accessExemptGroups groups whose members get in all the same, with a warning: who looks into incidents
 * @param exemptNamespaces nothing is denied or changed there: what would be is a warning
 * @param exemptUsers users whose requests are not judged
 * @param exemptGroups groups whose members' requests are not judged
 */
public record AdmissionSettings(
        @JsonProperty(defaultValue = "") String policies,
        @JsonProperty(defaultValue = "[]") List<String> denyChecks,
        @JsonProperty(defaultValue = "[]") List<String> warnChecks,
        @JsonProperty(defaultValue = "[SECCOMP, NON_ROOT]") List<HardeningPart> harden,
        @JsonProperty(defaultValue = "STRENGTHEN") HardenLabel hardenLabel,
        @JsonProperty(defaultValue = "DENY") AtRisk atRisk,
        @JsonProperty(defaultValue = "") String riskSeccompProfile,
        @JsonProperty(defaultValue = "86400") int riskStaleSeconds,
        @JsonProperty(defaultValue = "USE") StaleRisk staleRisk,
        @JsonProperty(defaultValue = "IGNORE") AccessAtRisk accessAtRisk,
        @JsonProperty(defaultValue = "[\"system:masters\"]") List<String> accessExemptGroups,
        @JsonProperty(defaultValue = "[kube-system, kubeguardian, kubeguardian-node]") List<String> exemptNamespaces,
        @JsonProperty(defaultValue = "[]") List<String> exemptUsers,
        @JsonProperty(defaultValue = "[\"system:nodes\"]") List<String> exemptGroups) {
    public AdmissionSettings {
        Check.between("admission.riskStaleSeconds", riskStaleSeconds, 0, 366 * 86_400);
        if (riskSeccompProfile.startsWith("/") || riskSeccompProfile.contains("..")) {
            throw new ConfigException("admission.riskSeccompProfile is " + riskSeccompProfile
                    + ", must be a path below the kubelet's seccomp folder, without ..");
        }
        denyChecks = List.copyOf(denyChecks);
        warnChecks = List.copyOf(warnChecks);
        harden = List.copyOf(harden);
        accessExemptGroups = List.copyOf(accessExemptGroups);
        exemptNamespaces = List.copyOf(exemptNamespaces);
        exemptUsers = List.copyOf(exemptUsers);
        exemptGroups = List.copyOf(exemptGroups);
    }
}
