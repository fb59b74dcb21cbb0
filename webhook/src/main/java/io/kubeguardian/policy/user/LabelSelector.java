package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Node;
import java.util.List;

/** Kubernetes' label selector: {@code matchLabels} and {@code matchExpressions}, all of which must hold. */
final class LabelSelector {
    /** @param values of the operators In and NotIn */
    record Requirement(String key, String operator, List<String> values) {
        boolean holds(Node labels) {
            Node value = labels.get(key);
            return switch (operator) {
                case "In" -> value.isString() && values.contains(value.text());
                case "NotIn" -> !value.isString() || !values.contains(value.text());
                case "Exists" -> value.isPresent();
                default -> !value.isPresent();
            };
        }
    }

    static final LabelSelector ALL = new LabelSelector(List.of());
    static final List<String> OPERATORS = List.of("In", "NotIn", "Exists", "DoesNotExist");

    private final List<Requirement> requirements;

    LabelSelector(List<Requirement> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    boolean isEmpty() {
        return requirements.isEmpty();
    }

    boolean matches(Node labels) {
        return requirements.stream().allMatch(requirement -> requirement.holds(labels));
    }
}
