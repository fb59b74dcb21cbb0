package io.kubeguardian.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Every check that is built in. What is to be known about them stands in {@code checks.yaml}. */
public final class BuiltInChecks {
    private static final List<Check> ALL = build(Set.of());

    private BuiltInChecks() {}

    /** All of them; {@code image-registry} among them only by {@link #all(Set)}. */
    public static List<Check> all() {
        return ALL;
    }

    /**
     * All of them, with registries.
     *
     * @param registries where images may come from, as {@code registry.example.org} or with the beginning of a path; empty
     *     for anywhere
     */
    public static List<Check> all(Set<String> registries) {
        return registries.isEmpty() ? ALL : build(registries);
    }

    /** @throws IllegalArgumentException when there is none of this id */
    public static Check byId(String id) {
        return ALL.stream().filter(check -> check.info().id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no check " + id));
    }

    private static List<Check> build(Set<String> registries) {
        List<Check> checks = new ArrayList<>(PodSecurity.all());
        checks.addAll(ContainerRules.checks());
        checks.addAll(ImageRules.checks(registries));
        checks.addAll(SecretRules.checks());
        checks.addAll(PodRules.checks());
        checks.addAll(AccessRules.checks());
        checks.addAll(NetworkRules.checks());
        return List.copyOf(checks);
    }
}
