package io.kubeguardian.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.kubeguardian.policy.user.PolicyException;
import io.kubeguardian.policy.user.PublishedPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Which PolicyExceptions apply now, and to which policies and built-in checks. */
final class ExceptionPlan {
    private static final int MOST_NAMES = 64;

    private final PolicyCache cache;
    private final LocalDate today;

    /** Where exceptions go. */
    interface Target {
        /** Why it cannot apply; empty: it does. @param exemption JSON as a policy's exemptions have it */
        String except(String policy, String exception, byte[] exemption);

        /** Why it cannot apply to built-in checks; empty: it does. @param checks their ids */
        String exceptChecks(List<String> checks, String exception, byte[] exemption, String digest, long generation);
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
            List<String> policies = names("policies", exemption.remove("policies"));
            List<String> checks = names("checks", exemption.remove("checks"));
            if (policies.isEmpty() && checks.isEmpty()) {
                throw new PolicyException("spec needs policies, checks or both: the names of what it exempts from");
            }
            PublishedPolicy.checkNames(source, checks);
            LocalDate until = until(exemption);
            cache.checkExemption(source, exemption);
            if (today.isAfter(until)) {
                return new Verdict(resource, source, false, false, "Expired", "it ended on " + until, "", 0, List.of());
            }
            byte[] json = Json.bytes(exemption);
            String digest = Json.digest(List.of(bytes(policies), bytes(checks), json));
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
            if (!checks.isEmpty()) {
                String problem = target.exceptChecks(checks, name, json, digest, Objects.generation(resource));
                if (problem.isEmpty()) {
                    checks.forEach(check -> applied.add("check:" + check));
                } else {
                    problems.add(problem);
                }
            }
            String message = problems.isEmpty() ? "published to the webhooks" : Texts.line(String.join("; ", problems));
            return new Verdict(resource, source, problems.isEmpty(), false,
                    problems.isEmpty() ? Verdict.PUBLISHED : applied.isEmpty() ? "AppliesToNone" : "AppliesToSome",
                    message, digest, 0, applied);
        } catch (PolicyException | RuntimeException e) {
            return Verdict.invalid(resource, source, "Invalid", Texts.problem(source, e), "");
        }
    }

    private static byte[] bytes(List<String> names) {
        return String.join(",", names).getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> names(String key, JsonNode list) throws PolicyException {
        List<String> names = new ArrayList<>();
        for (JsonNode name : list == null ? Json.MAPPER.createArrayNode() : list) {
            if (!list.isArray() || !name.isTextual() || name.textValue().isBlank()) {
                throw new PolicyException("spec." + key + " must be a list of names");
            }
            if (!names.contains(name.textValue())) {
                names.add(name.textValue());
            }
        }
        if (names.size() > MOST_NAMES) {
            throw new PolicyException("spec." + key + " has " + names.size() + " names, may have " + MOST_NAMES);
        }
        return names;
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
