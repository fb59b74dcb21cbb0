package io.kubeguardian.webhook;

import io.kubeguardian.config.HardeningPart;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How new pods of a workload at risk are let through: with everything filled in that {@link Hardening} knows, confined to
 * what the nodes have for the workload, and with a label that NetworkPolicies and people can go by.
 */
final class RiskHardening {
    static final String LABEL = "kubeguardian.io/quarantine";
    private static final String LABEL_VALUE = "risk";
    private static final Hardening ALL = new Hardening(List.of(HardeningPart.SECCOMP, HardeningPart.CAPABILITIES,
            HardeningPart.ESCALATION, HardeningPart.NON_ROOT));

    private final String seccompProfile;

    /** @param seccompProfile below the kubelet's seccomp folder, with the placeholders of the setting; empty: the runtime's own */
    RiskHardening(String seccompProfile) {
        this.seccompProfile = seccompProfile;
    }

    /** What is missing for the pod to be let through; empty when it has it all. */
    List<Fix> fixes(Manifest manifest, WorkloadRef workload) {
        List<Fix> fixes = new ArrayList<>(ALL.fixes(manifest, false));
        PodSpec pod = manifest.pod();
        if (!seccompProfile.isEmpty() && !pod.isWindows()) {
            Map<String, Node> profile = new LinkedHashMap<>();
            profile.put("type", Node.string("Localhost"));
            profile.put("localhostProfile", Node.string(seccompProfile.replace("{namespace}", workload.getNamespace())
                    .replace("{kind}", workload.getKind()).replace("{name}", workload.getName())));
            Node wanted = Node.object(profile);
            fixes.removeIf(fix -> fix.path().contains("seccompProfile"));
            if (!pod.spec().get("securityContext").get("seccompProfile").equals(wanted)) {
                fixes.add(pod.fix(wanted, "securityContext", "seccompProfile"));
            }
            for (PodSpec.Container container : pod.containers()) {
                Node own = container.context().get("seccompProfile");
                if (own.isPresent() && !own.equals(wanted)) {
                    fixes.add(container.fix(wanted, "securityContext", "seccompProfile"));
                }
            }
        }
        if (!pod.metadata().get("labels").get(LABEL).text().equals(LABEL_VALUE)) {
            fixes.add(new Fix(List.of("metadata", "labels", LABEL), Node.string(LABEL_VALUE)));
        }
        return fixes;
    }
}
