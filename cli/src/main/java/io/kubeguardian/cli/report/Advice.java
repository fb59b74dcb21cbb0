package io.kubeguardian.cli.report;

import io.kubeguardian.schema.AttackStep;
import io.kubeguardian.schema.Incident;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What to do about an incident, by what it has reached. */
final class Advice {
    private Advice() {}

    static List<String> of(Incident incident, boolean isContained) {
        Set<String> tactics = incident.getAttackPath().stream().map(AttackStep::getTactic).collect(Collectors.toSet());
        List<String> advice = new ArrayList<>();
        String pod = incident.getPod().getNamespace() + '/' + incident.getPod().getName();
        advice.add(isContained
                ? "The container is contained. Look at `kubeguardian contain --list` for what is in force, and prolong it"
                        + " before it ends if the investigation takes longer."
                : "Contain the pod " + pod + " (`kubeguardian contain`), before it is deleted: what it holds in memory is"
                        + " evidence.");
        if (tactics.contains("initial_access") || tactics.contains("execution")) {
            advice.add("Find the request or the login at the time of the first signal: that is the way in, and it is open"
                    + " until the service is mended. All replicas of the workload have it.");
        }
        if (tactics.contains("credential_access")) {
            advice.add("Take every credential that the pod could read as known to the intruder: revoke its service account's"
                    + " tokens, replace the secrets that are mounted or in its environment, and look for their use elsewhere.");
        }
        if (tactics.contains("privilege_escalation")) {
            advice.add("Take node " + incident.getPod().getNode() + " out of service (cordon, drain) and look at the other"
                    + " pods there: whoever left the container is on the node.");
        }
        if (tactics.contains("persistence")) {
            advice.add("Replace the pod and rebuild the image from its source; do not mend it in place. Look at volumes that"
                    + " outlive the pod.");
        }
        if (tactics.contains("lateral_movement") || tactics.contains("discovery")) {
            advice.add("Look at what the pod connected to, and at the risk of those workloads:"
                    + " `kubeguardian report --from … --to …` around the same time.");
        }
        if (tactics.contains("command_and_control") || tactics.contains("exfiltration")) {
            advice.add("Block the addresses of the timeline at the edge of the network, and search the logs of the whole"
                    + " cluster for them. What was sent is not known from the events: assume all that the pod could read.");
        }
        if (tactics.contains("defense_evasion")) {
            advice.add("Do not trust logs inside the container: traces were wiped or hidden. The events of this report are from"
                    + " the kernel.");
        }
        if (tactics.contains("impact")) {
            advice.add("Secure backups before anything is restored, and restore to another place.");
        }
        if (!incident.getCompleteness().getComplete()) {
            advice.add("Events are missing: what is not in this report may still have happened.");
        }
        return advice;
    }
}
