package io.kubeguardian.correlation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Plain Sigma rules beside correlation rules. One about KubeGuardian's own signals (logsource product kubeguardian) says
 * by {@code rule} and {@code kind} which signals it stands for. Any other is about events that this job does not see:
 * whoever refers to it means the signals that another sensor, or a rule in the Falco language, gives that name, title or
 * id.
 */
final class EventRuleParser {
    private static final String PRODUCT = "kubeguardian";

    private EventRuleParser() {}

    static SigmaDocument.Rule parse(YamlNodes yaml, Node document, Map<String, Node> top) {
        String name = yaml.textOrNone(top, "name");
        String id = yaml.textOrNone(top, "id");
        String title = top.containsKey("title") || name.isEmpty()
                ? yaml.text(yaml.required(top, "title", document), "title") : name;
        boolean own = top.containsKey("logsource")
                && PRODUCT.equals(yaml.textOrNone(yaml.mapping(top.get("logsource"), "logsource", null), "product"));
        SignalSelector signals = own ? selection(yaml, top.get("detection"))
                : new SignalSelector(Set.copyOf(List.of(title, name, id).stream().filter(text -> !text.isEmpty())
                        .distinct().toList()), List.of(), Set.of());
        return new SigmaDocument.Rule(id, name, title, signals, yaml, document);
    }

    private static SignalSelector selection(YamlNodes yaml, Node detection) {
        Map<String, Node> keys = yaml.mapping(detection, "detection", null);
        Node conditionNode = yaml.required(keys, "condition", detection);
        String condition = yaml.text(conditionNode, "condition");
        Node selection = keys.get(condition);
        if (keys.size() != 2 || selection == null) {
            throw yaml.error(conditionNode, "a rule about signals has one selection, and a condition that is its name");
        }
        Map<String, Node> fields = yaml.mapping(selection, condition, Set.of("rule", "kind"));
        if (fields.size() != 1) {
            throw yaml.error(selection, condition + " must have either rule or kind");
        }
        String field = fields.keySet().iterator().next();
        List<String> entries = new ArrayList<>();
        for (String value : yaml.oneOrMore(fields.get(field), field)) {
            entries.add(field.equals("kind") ? "kind:" + value : value);
        }
        if (entries.isEmpty()) {
            throw yaml.error(selection, field + " is empty");
        }
        try {
            return SignalSelector.of(entries);
        } catch (IllegalArgumentException e) {
            throw yaml.error(fields.get(field), e.getMessage());
        }
    }
}
