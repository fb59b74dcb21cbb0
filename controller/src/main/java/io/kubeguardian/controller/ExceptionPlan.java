package io.kubeguardian.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.kubeguardian.policy.user.PolicyException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Which PolicyExceptions apply now, and to which policies. */
final class ExceptionPlan {
    private final PolicyCache cache;
    private final LocalDate today;

    /** Where exceptions go. */
    interface Target {
        /** Why it cannot apply; empty: it does. @param exemption JSON as a policy's exemptions have it */
        String except(String policy, String exception, byte[] exemption);
    }

    ExceptionPlan(PolicyCache cache, long nowNanos) {
        this.cache = cache;
        this.today = LocalDate.ofInstant(Instant.ofEpochSecond(TimeUnit.NANOSECONDS.toSeconds(nowNanos)), ZoneOffset.UTC);
    }

    void apply(List<GenericKubernetesResource> exceptions, Target target, List<Verdict> verdicts) {
        exceptions.forEach(exception -> verdicts.add(apply(exception, target)));
    }

    private Verdict apply(GenericKubernetesResource resource, Target target) {
        String name = resource.getMetadata().getName();
        String source = "PolicyException/" + name;
        try {
            JsonNode spec = Json.tree(resource.getAdditionalProperties().get("spec"));
            if (!(spec instanceof ObjectNode exemption)) {
                throw new PolicyException("spec must be an object");
            }
            List<String> policies = policies(exemption.remove("policies"));
            LocalDate until = until(exemption);
            cache.checkExemption(source, exemption);
            if (today.isAfter(until)) {
                return new Verdict(resource, source, false, false, "Expired", "it ended on " + until, "", 0, List.of());
            }
            byte[] json = Json.bytes(exemption);
            List<String> applied = new ArrayList<>();
            List<String> problems = new ArrayList<>();
            for (String policy : policies) {
                String problem = target.except(policy, name, json);
                if (problem.isEmpty()) {
                    applied.add(policy);
                } else {
                    problems.add(problem);
                }
            }
            String message = problems.isEmpty() ? "published to the webhooks" : Texts.line(String.join("; ", problems));
            return new Verdict(resource, source, problems.isEmpty(), false,
                    problems.isEmpty() ? Verdict.PUBLISHED : applied.isEmpty() ? "AppliesToNone" : "AppliesToSome",
                    message, Json.digest(List.of(json)), 0, applied);
        } catch (PolicyException | RuntimeException e) {
            return Verdict.invalid(resource, source, "Invalid", Texts.problem(source, e), "");
        }
    }

    private static List<String> policies(JsonNode names) throws PolicyException {
        List<String> policies = new ArrayList<>();
        for (JsonNode name : names == null ? Json.MAPPER.createArrayNode() : names) {
            if (!name.isTextual() || name.textValue().isBlank()) {
                throw new PolicyException("spec.policies must be a list of policies' names");
            }
            if (!policies.contains(name.textValue())) {
                policies.add(name.textValue());
            }
        }
        if (policies.isEmpty() || policies.size() > 64) {
            throw new PolicyException("spec.policies must name 1 to 64 policies");
        }
        return policies;
    }

    private static LocalDate until(JsonNode spec) throws PolicyException {
        String until = spec.path("until").asText("");
        try {
            return LocalDate.parse(until);
        } catch (DateTimeParseException e) {
            throw new PolicyException("spec.until must be the last day of the exception, as 2027-01-31", e);
        }
    }
}
