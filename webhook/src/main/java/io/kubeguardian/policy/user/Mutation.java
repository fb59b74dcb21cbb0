package io.kubeguardian.policy.user;

import dev.cel.common.values.NullValue;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.cel.CelInput;
import io.kubeguardian.policy.cel.Expression;
import io.kubeguardian.policy.cel.ExpressionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One {@code set} of a mutating policy.
 *
 * @param in the part whose field is set; null: the innermost that there is
 * @param value what to set it to; null when {@code expression} says it
 */
record Mutation(Scope.Part in, FieldPath field, Node value, Expression expression) {
    /** @throws ExpressionException when the value cannot be computed */
    Fix fix(Scope scope, CelInput input) throws ExpressionException {
        Node to = value != null ? value : node(expression.evaluate(input));
        return scope.fix(in == null ? scope.innermost() : in, field.steps(), to);
    }

    /** Whether the part is there. */
    boolean applies(Scope scope) {
        return in == null || scope.node(in).isPresent();
    }

    private static Node node(Object value) throws ExpressionException {
        if (value instanceof String text) {
            return Node.string(text);
        }
        if (value instanceof Boolean flag) {
            return Node.flag(flag);
        }
        if (value instanceof Number number) {
            return Node.scalar(Node.Kind.NUMBER, number.toString(), 0);
        }
        if (value instanceof List<?> list) {
            List<Node> items = new ArrayList<>();
            for (Object item : list) {
                items.add(node(item));
            }
            return Node.array(items, 0);
        }
        if (value instanceof Map<?, ?> map) {
            List<String> names = new ArrayList<>();
            List<Node> values = new ArrayList<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                names.add(String.valueOf(entry.getKey()));
                values.add(node(entry.getValue()));
            }
            return Node.object(names, values, 0);
        }
        throw new ExpressionException(value instanceof NullValue ? "gives null, which no field can be set to"
                : "gives a value that JSON does not have");
    }
}
