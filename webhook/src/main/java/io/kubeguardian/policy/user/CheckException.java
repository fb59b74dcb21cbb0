package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Manifest;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;

/** Objects and requests that some built-in checks are not applied to, for a time and with a reason. Thread safe. */
public final class CheckException {
    private final Set<String> checks;
    private final List<Exemption> exemptions;

    CheckException(Set<String> checks, List<Exemption> exemptions) {
        this.checks = Set.copyOf(checks);
        this.exemptions = List.copyOf(exemptions);
    }

    /** Ids of the checks. */
    public Set<String> checks() {
        return checks;
    }

    /** Why it holds here; empty: it does not. */
    public String reason(Manifest manifest, Request request, LocalDate today) {
        return exemptions.stream().filter(exemption -> exemption.holds(manifest, request, today)).findFirst()
                .map(Exemption::reason).orElse("");
    }
}
