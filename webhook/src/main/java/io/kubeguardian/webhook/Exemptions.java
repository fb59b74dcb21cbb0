package io.kubeguardian.webhook;

import io.kubeguardian.config.AdmissionSettings;
import java.util.Set;

/**
 * Where and by whom nothing is denied or changed: a cluster must be able to repair itself, and KubeGuardian to come back.
 *
 * @param users names, as the API server has authenticated them
 */
record Exemptions(Set<String> namespaces, Set<String> users, Set<String> groups) {
    static Exemptions of(AdmissionSettings settings) {
        return new Exemptions(Set.copyOf(settings.exemptNamespaces()), Set.copyOf(settings.exemptUsers()),
                Set.copyOf(settings.exemptGroups()));
    }

    boolean hold(AdmissionRequest request) {
        return holdIn(request.namespace()) || holdBy(request);
    }

    boolean holdIn(String namespace) {
        return namespaces.contains(namespace);
    }

    /** By who asks. */
    boolean holdBy(AdmissionRequest request) {
        return users.contains(request.user()) || request.groups().stream().anyMatch(groups::contains);
    }
}
