package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.cel.CelInput;
import io.kubeguardian.policy.cel.Expression;
import io.kubeguardian.policy.cel.ExpressionException;
import io.kubeguardian.policy.cel.KubernetesCel;
import java.util.List;
import java.util.Set;

/** One condition of the short form, compiled. */
final class Condition {
    /** What stands below these may be a secret, and a finding is read by many. */
    private static final Set<Object> CONFIDENTIAL = Set.of("env", "data", "stringData", "binaryData", "args", "command");

    private final FieldPath field;
    private final Operator operator;
    private final Expression whole;
    private final Expression leaf;

    /** @throws IllegalArgumentException when the value does not suit the operator */
    Condition(FieldPath field, Operator operator, Node value, KubernetesCel cel) throws ExpressionException {
        this.field = field;
        this.operator = operator;
        this.whole = cel.condition(ShortForm.condition(field, operator, value));
        this.leaf = cel.condition(ShortForm.leaf(operator, value));
    }

    /** The CEL that it became. */
    String cel() {
        return whole.text();
    }

    boolean holds(CelInput input) throws ExpressionException {
        return whole.test(input);
    }

    /** The field for which it holds: of several, the first. */
    Scope.Place place(Scope scope, CelInput input) throws ExpressionException {
        Scope.Part part = scope.holder(field);
        Scope.Place first = null;
        for (List<Object> steps : field.expand(scope.node(part))) {
            Scope.Place place = scope.place(part, steps);
            if (!field.hasEach() || holdsFor(place.value(), input)) {
                return place;
            }
            first = first == null ? place : first;
        }
        return first != null ? first : scope.place(part, field.head());
    }

    private boolean holdsFor(Node value, CelInput input) throws ExpressionException {
        if (!value.isPresent()) {
            return operator.holdsForAbsent();
        }
        return leaf.test(input.copy().put("value", value));
    }

    /** As a finding says it: {@code securityContext.privileged is true}. */
    String says(Scope.Place place) {
        Node value = place.value();
        if (!value.isPresent()) {
            return field.text() + " is not set";
        }
        String shown = field.steps().stream().anyMatch(CONFIDENTIAL::contains) || value.isArray() || value.isObject()
                ? "" : value.scalarText();
        return shown.isEmpty() || shown.length() > 80 ? field.text() + " is set" : field.text() + " is " + shown;
    }
}
