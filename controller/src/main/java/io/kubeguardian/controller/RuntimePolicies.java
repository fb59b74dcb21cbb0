package io.kubeguardian.controller;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;

/**
 * RuntimePolicies are checked and given a digest. No job reads them: a baseline's policy is
 * {@code kubeguardian profile accept}'s, and the status says so instead of claiming that they are in force.
 */
final class RuntimePolicies {
    private RuntimePolicies() {}

    static Verdict verdict(GenericKubernetesResource resource) {
        String source = "RuntimePolicy/" + resource.getMetadata().getNamespace() + '/' + resource.getMetadata().getName();
        try {
            JsonNode spec = Json.tree(resource.getAdditionalProperties().get("spec"));
            for (String key : List.of("kind", "name")) {
                if (!spec.path("workload").path(key).isTextual() || spec.path("workload").path(key).textValue().isBlank()) {
                    return Verdict.invalid(resource, source, "Invalid", "spec.workload." + key + " is missing", "");
                }
            }
            return new Verdict(resource, source, false, false, "NotEnforced",
                    "valid, but nothing enforces RuntimePolicies yet: take its items over with kubeguardian profile accept",
                    Json.digest(List.of(Json.bytes(spec))), 0, List.of());
        } catch (RuntimeException e) {
            return Verdict.invalid(resource, source, "Invalid", Texts.problem(source, e), "");
        }
    }
}
