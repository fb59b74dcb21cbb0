package io.kubeguardian.correlation;

import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** A correlation's condition: gt, gte, lt, lte, eq, neq, of which several must hold together, and field. */
final class ConditionParser {
    /** A window remembers the times of so many events, or so many distinct values. */
    static final int MAX_COUNT = 10_000;

    private static final Set<String> KEYS = Set.of("gt", "gte", "lt", "lte", "eq", "neq", "field");

    private ConditionParser() {}

    static CountCondition parse(YamlNodes yaml, Node node, CorrelationType type, int rules) {
        if (node instanceof ScalarNode) {
            throw yaml.error(node, "condition must be a mapping such as gte: 2; an expression over rules is not"
                    + " understood, chain correlation rules instead");
        }
        Map<String, Node> keys = yaml.mapping(node, "condition", KEYS);
        long atLeast = 0;
        long atMost = Long.MAX_VALUE;
        long except = -1;
        for (Map.Entry<String, Node> key : keys.entrySet()) {
            if (key.getKey().equals("field")) {
                continue;
            }
            long count = count(yaml, key.getKey(), key.getValue());
            switch (key.getKey()) {
                case "gt" -> atLeast = Math.max(atLeast, count + 1);
                case "gte" -> atLeast = Math.max(atLeast, count);
                case "lt" -> atMost = Math.min(atMost, count - 1);
                case "lte" -> atMost = Math.min(atMost, count);
                case "neq" -> except = count;
                default -> {
                    atLeast = Math.max(atLeast, count);
                    atMost = Math.min(atMost, count);
                }
            }
        }
        if (keys.size() == (keys.containsKey("field") ? 1 : 0)) {
            throw yaml.error(node, "condition lacks gt, gte, lt, lte, eq or neq");
        }
        if (atLeast > atMost || atMost < 1) {
            throw yaml.error(node, "condition holds for no count: a group begins with its first event");
        }
        if (type == CorrelationType.TEMPORAL && (atMost != Long.MAX_VALUE || except >= 0 || atLeast > rules)) {
            throw yaml.error(node, "condition of temporal counts its rules: gt or gte, at most " + rules);
        }
        String field = field(yaml, keys, node, type);
        return new CountCondition(Math.max(1, atLeast), atMost, except, field);
    }

    private static String field(YamlNodes yaml, Map<String, Node> keys, Node node, CorrelationType type) {
        if (type != CorrelationType.VALUE_COUNT) {
            if (keys.containsKey("field")) {
                throw yaml.error(keys.get("field"), "field belongs to value_count alone");
            }
            return "";
        }
        String field = yaml.text(yaml.required(keys, "field", node), "field");
        if (!SignalFields.isKnown(field)) {
            throw yaml.error(keys.get("field"), "no field is called " + field + "; one of " + SignalFields.known());
        }
        return SignalFields.canonical(field);
    }

    private static long count(YamlNodes yaml, String key, Node node) {
        String text = yaml.text(node, key);
        if (!text.matches("[0-9]{1,5}") || Long.parseLong(text) > MAX_COUNT) {
            throw yaml.error(node, key + " " + text + " is not a count from 0 to " + MAX_COUNT);
        }
        return Long.parseLong(text);
    }
}
