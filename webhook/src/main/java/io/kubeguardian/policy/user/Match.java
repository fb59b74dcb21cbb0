package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Manifest;
import java.util.List;

/**
 * Which objects and requests a policy is about: everything here must fit; what is empty fits all.
 *
 * @param kinds {@code Kind}, {@code group/Kind} or {@code *}; empty: every kind that makes pods
 * @param users and their groups: a policy about them judges no scanned file, where nobody asks
 */
record Match(
        List<String> kinds, Globs namespaces, Globs excludeNamespaces, Globs names, LabelSelector labels,
        LabelSelector namespaceLabels, List<String> operations, Globs users, Globs groups, Globs excludeUsers) {
    boolean fits(Manifest manifest, Request request) {
        return fitsKind(manifest)
                && (namespaces.isEmpty() || namespaces.match(request.namespace()))
                && !excludeNamespaces.match(request.namespace())
                && (names.isEmpty() || names.match(manifest.name()))
                && labels.matches(manifest.metadata().get("labels"))
                && (namespaceLabels.isEmpty()
                        || namespaceLabels.matches(request.namespaceObject().get("metadata").get("labels")))
                && (operations.isEmpty() || request.operation().isEmpty() || operations.contains(request.operation()))
                && fitsUser(request);
    }

    private boolean fitsKind(Manifest manifest) {
        if (kinds.isEmpty()) {
            return manifest.pod() != null;
        }
        return kinds.stream().anyMatch(kind -> kind.equals("*") || kind.equals(manifest.kind())
                || kind.equals(manifest.group() + '/' + manifest.kind()));
    }

    private boolean fitsUser(Request request) {
        if (users.isEmpty() && groups.isEmpty()) {
            return request.user() == null || !excludeUsers.match(request.user());
        }
        return request.user() != null && !excludeUsers.match(request.user())
                && (users.match(request.user()) || groups.matchAny(request.groups()));
    }

    /** Whether it can be judged without knowing who asks, and of a namespace nothing but its name. */
    boolean needsRequest() {
        return !users.isEmpty() || !groups.isEmpty() || !namespaceLabels.isEmpty();
    }
}
