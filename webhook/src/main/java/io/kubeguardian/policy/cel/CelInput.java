package io.kubeguardian.policy.cel;

import io.kubeguardian.policy.Node;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The variables of expressions, by the names in {@link KubernetesCel}. For one evaluation at a time: the values of a
 * policy's own {@code variables} are computed when first asked for, and remembered.
 */
public final class CelInput {
    private final Map<String, Object> values = new HashMap<>();

    /** A missing node is null to the expression. */
    public CelInput put(String name, Node node) {
        values.put(name, CelValues.of(node));
        return this;
    }

    /** {@code variables.NAME} for each of these; one may use those before it. */
    public CelInput variables(Map<String, Expression> variables) {
        values.put("variables", new MapView(new Lazy(variables, this)));
        return this;
    }

    /** The same values, to which others can be added. */
    public CelInput copy() {
        CelInput copy = new CelInput();
        copy.values.putAll(values);
        return copy;
    }

    Optional<Object> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    private static final class Lazy extends AbstractMap<String, Object> {
        private final Map<String, Expression> expressions;
        private final CelInput input;
        private final Map<String, Object> known = new HashMap<>();

        Lazy(Map<String, Expression> expressions, CelInput input) {
            this.expressions = expressions;
            this.input = input;
        }

        @Override
        public boolean containsKey(Object key) {
            return expressions.containsKey(key);
        }

        @Override
        public Object get(Object key) {
            Object value = known.get(key);
            if (value == null && expressions.containsKey(key)) {
                try {
                    value = expressions.get(key).evaluate(input);
                } catch (ExpressionException e) {
                    throw new IllegalArgumentException("variables." + key + ": " + e.getMessage(), e);
                }
                known.put((String) key, value);
            }
            return value;
        }

        @Override
        public Set<Map.Entry<String, Object>> entrySet() {
            Map<String, Object> all = new HashMap<>();
            expressions.keySet().forEach(name -> all.put(name, get(name)));
            return all.entrySet();
        }
    }
}
