package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Of any object of the API server. */
final class Objects {
    private Objects() {}

    /** 0 where the API server gave none. */
    static long generation(HasMetadata object) {
        Long generation = object.getMetadata().getGeneration();
        return generation == null ? 0 : generation;
    }
}
