package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;

/**
 * What became of an object of the user's.
 *
 * @param of the object; null: a ConfigMap, which has no status
 * @param source as records name it
 * @param ready this generation is in force
 * @param invalid it cannot be used as it stands
 * @param reason one word for the condition
 * @param message one sentence for people; of an invalid one it says where, what, and what to do
 * @param digest of what is in force; empty: nothing is
 * @param exceptions of an AdmissionPolicy, how many apply
 * @param policies of a PolicyException, those that it applies to
 */
record Verdict(
        GenericKubernetesResource of, String source, boolean ready, boolean invalid, String reason, String message,
        String digest, int exceptions, List<String> policies) {
    static final String PUBLISHED = "Published";

    static Verdict ready(GenericKubernetesResource of, String source, String message, String digest, int exceptions) {
        return new Verdict(of, source, true, false, PUBLISHED, message, digest, exceptions, List.of());
    }

    static Verdict invalid(GenericKubernetesResource of, String source, String reason, String message, String digest) {
        return new Verdict(of, source, false, true, reason, message, digest, 0, List.of());
    }
}
