package io.kubeguardian.policy;

import java.util.function.Predicate;

/** A check of the catalog, and the code that finds it. */
record Rule(CheckInfo info, Predicate<Manifest> scope, Finder finder) implements Check {
    /** Adds what it finds. */
    @FunctionalInterface
    interface Finder {
        void find(Manifest manifest, Findings findings);
    }

    /** As {@link Finder}, of pods. */
    @FunctionalInterface
    interface PodFinder {
        void find(PodSpec pod, Findings findings);
    }

    /** As {@link Finder}, of one container. */
    @FunctionalInterface
    interface ContainerFinder {
        void find(PodSpec.Container container, Findings findings);
    }

    static Rule of(String id, Predicate<Manifest> scope, Finder finder) {
        return new Rule(Catalog.check(id), scope, finder);
    }

    static Rule pod(String id, PodFinder finder) {
        return of(id, manifest -> manifest.pod() != null, (manifest, findings) -> finder.find(manifest.pod(), findings));
    }

    static Rule containers(String id, ContainerFinder finder) {
        return pod(id, (pod, findings) -> {
            for (PodSpec.Container container : pod.containers()) {
                finder.find(container, findings);
            }
        });
    }

    @Override
    public boolean appliesTo(Manifest manifest) {
        return scope.test(manifest);
    }

    @Override
    public void check(Manifest manifest, Findings findings) {
        finder.find(manifest, findings);
    }
}
