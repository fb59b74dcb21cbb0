package io.kubeguardian.policy.user;

import io.kubeguardian.policy.CheckInfo;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.cel.CelInput;
import io.kubeguardian.policy.cel.Expression;
import io.kubeguardian.policy.cel.ExpressionException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A policy of the user's own, compiled. Thread safe. */
public final class UserPolicy {
    /** Most findings of one policy in one object; an object with more is wrong as a whole. */
    private static final int MOST_FINDINGS = 100;

    private final CheckInfo info;
    private final PolicyAction action;
    private final Match match;
    private final List<Exemption> exemptions;
    private final Node params;
    private final Map<String, Expression> variables;
    private final List<Expression> matchConditions;
    private final List<Condition> conditions;
    private final List<Validation> validations;
    private final List<Mutation> mutations;
    private final boolean failOpen;

    /** What it says of an object. Neither findings nor fixes: it has nothing against it. */
    public record Result(List<Finding> findings, List<Fix> fixes, String exemptedBecause) {
        static final Result NOTHING = new Result(List.of(), List.of(), "");
    }

    /**
     * @param failOpen what cannot be evaluated passes; else it is a violation
     */
    UserPolicy(
            CheckInfo info, PolicyAction action, Match match, List<Exemption> exemptions, Node params,
            Map<String, Expression> variables, List<Expression> matchConditions, List<Condition> conditions,
            List<Validation> validations, List<Mutation> mutations, boolean failOpen) {
        this.info = info;
        this.action = action;
        this.match = match;
        this.exemptions = List.copyOf(exemptions);
        this.params = params;
        this.variables = Map.copyOf(variables);
        this.matchConditions = List.copyOf(matchConditions);
        this.conditions = List.copyOf(conditions);
        this.validations = List.copyOf(validations);
        this.mutations = List.copyOf(mutations);
        this.failOpen = failOpen;
    }

    public CheckInfo info() {
        return info;
    }

    public String name() {
        return info.id();
    }

    public PolicyAction action() {
        return action;
    }

    /** Whether it is about this object and request at all, exemptions apart. */
    public boolean isAbout(Manifest manifest, Request request) {
        return match.fits(manifest, request);
    }

    /** Whether who asks, or the namespace's labels, decide if it is about an object: then no scan can judge it. */
    public boolean needsRequest() {
        return match.needsRequest();
    }

    /** The CEL that conditions of the short form became. */
    public List<String> cel() {
        return conditions.stream().map(Condition::cel).toList();
    }

    /** The reasons of exemptions that are over. */
    public List<String> overExemptions(LocalDate today) {
        return exemptions.stream().filter(exemption -> exemption.isOver(today))
                .map(exemption -> "until " + exemption.until() + ": " + exemption.reason()).toList();
    }

    /** Judges an object; {@link #isAbout} must hold. */
    public Result judge(Manifest manifest, Request request, LocalDate today) {
        Optional<Exemption> exemption =
                exemptions.stream().filter(each -> each.holds(manifest, request, today)).findFirst();
        if (exemption.isPresent()) {
            return new Result(List.of(), List.of(), exemption.get().reason());
        }
        CelInput input = new CelInput()
                .put("object", manifest.root())
                .put("oldObject", request.oldObject())
                .put("request", request.raw())
                .put("namespaceObject", request.namespaceObject())
                .put("params", params);
        input.variables(variables);
        try {
            for (Expression condition : matchConditions) {
                if (!condition.test(input)) {
                    return Result.NOTHING;
                }
            }
            return conditions.isEmpty() && !validations.isEmpty() ? validate(manifest, input) : meet(manifest, input);
        } catch (ExpressionException | IllegalArgumentException e) {
            return failOpen ? Result.NOTHING : new Result(List.of(new Finding(info, "", manifest.root().line(),
                    "the policy cannot be evaluated: " + e.getMessage(), List.of())), List.of(), "");
        }
    }

    private Result meet(Manifest manifest, CelInput input) throws ExpressionException {
        List<Finding> findings = new ArrayList<>();
        List<Fix> fixes = new ArrayList<>();
        Set<String> places = new HashSet<>();
        for (Scope scope : Scope.of(manifest)) {
            CelInput inside = scope.input(input);
            if (!holds(inside)) {
                continue;
            }
            for (Mutation mutation : mutations) {
                if (mutation.applies(scope)) {
                    fixes.add(mutation.fix(scope, inside));
                }
            }
            if (action != PolicyAction.MUTATE && findings.size() < MOST_FINDINGS) {
                Scope.Place place = conditions.isEmpty() ? scope.place(scope.innermost(), List.of())
                        : conditions.get(0).place(scope, inside);
                // A field of the pod is the same for all of its containers.
                if (places.add(place.path())) {
                    String says = conditions.isEmpty() ? "" : conditions.get(0).says(place) + ": ";
                    findings.add(new Finding(info, place.path(), place.near().line(), says + info.why(), List.of()));
                }
            }
        }
        return new Result(findings, fixes, "");
    }

    private boolean holds(CelInput input) throws ExpressionException {
        for (Condition condition : conditions) {
            if (!condition.holds(input)) {
                return false;
            }
        }
        return true;
    }

    private Result validate(Manifest manifest, CelInput input) throws ExpressionException {
        List<Finding> findings = new ArrayList<>();
        for (Validation validation : validations) {
            List<Scope> scopes = Scope.of(manifest);
            for (Scope scope : validation.eachContainer() ? scopes : scopes.subList(0, 1)) {
                CelInput inside = scope.input(input);
                if (findings.size() < MOST_FINDINGS && !validation.expression().test(inside)) {
                    findings.add(violation(validation, scope, inside));
                }
            }
        }
        return new Result(findings, List.of(), "");
    }

    private Finding violation(Validation validation, Scope scope, CelInput input) throws ExpressionException {
        Scope.Part part = validation.eachContainer() ? scope.innermost() : Scope.Part.OBJECT;
        List<Object> steps = List.of();
        if (validation.field() != null) {
            steps = validation.field().head();
            part = scope.holder(validation.field());
        }
        Scope.Place place = scope.place(part, steps);
        String message = validation.messageExpression() != null
                ? String.valueOf(validation.messageExpression().evaluate(input))
                : validation.message() != null ? validation.message()
                : info.why() + " (" + validation.expression().text() + " does not hold)";
        return new Finding(info, place.path(), place.near().line(), message, List.of());
    }
}
