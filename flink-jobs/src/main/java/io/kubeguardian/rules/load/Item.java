package io.kubeguardian.rules.load;

import io.kubeguardian.config.Nearest;
import io.kubeguardian.rules.RuleProblem;
import io.kubeguardian.rules.syntax.ConditionText;
import io.kubeguardian.rules.syntax.Location;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A YAML mapping read by key, each of which knows its place. */
final class Item {
    private final SourceFile file;
    private final MappingNode node;
    private final Map<String, Node> values = new LinkedHashMap<>();

    Item(SourceFile file, Node node) {
        this.file = file;
        if (!(node instanceof MappingNode mapping)) {
            throw new LoadException(file.at(node), "expected an item such as '- rule: …', '- macro: …' or '- list: …'");
        }
        this.node = mapping;
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new LoadException(file.at(tuple.getKeyNode()), "expected a key");
            }
            if (values.put(key.getValue(), tuple.getValueNode()) != null) {
                throw new LoadException(file.at(key), "key " + key.getValue() + " stands twice");
            }
        }
    }

    Location location() {
        return file.at(node);
    }

    Location location(String key) {
        return file.at(values.get(key));
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    void warnAboutOthers(Set<String> known, List<RuleProblem> warnings) {
        for (Map.Entry<String, Node> entry : values.entrySet()) {
            if (!known.contains(entry.getKey())) {
                warnings.add(new RuleProblem(file.at(entry.getValue()), "unknown key " + entry.getKey() + " is ignored"
                        + Nearest.hint(entry.getKey(), known)));
            }
        }
    }

    Set<String> keys() {
        return values.keySet();
    }

    /** The key's text, which must not be empty. */
    String name(String key) {
        String text = scalar(key).getValue().strip();
        if (text.isEmpty()) {
            throw new LoadException(location(key), key + " is empty");
        }
        return text;
    }

    String text(String key) {
        return scalar(key).getValue().strip();
    }

    ConditionText located(String key) {
        return file.text(scalar(key));
    }

    boolean flag(String key) {
        String text = text(key);
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.parseBoolean(text);
        }
        throw new LoadException(location(key), key + " is '" + text + "'; expected true or false");
    }

    /** Empty when the key is absent or has no value. */
    List<ScalarNode> scalars(String key) {
        List<ScalarNode> scalars = new ArrayList<>();
        for (Node entry : sequence(key)) {
            scalars.add(scalar(entry, "an entry of " + key));
        }
        return scalars;
    }

    List<String> texts(String key) {
        return scalars(key).stream().map(ScalarNode::getValue).toList();
    }

    /** Empty when the key is absent or has no value. */
    List<Node> sequence(String key) {
        Node value = values.get(key);
        if (value == null || isNull(value)) {
            return List.of();
        }
        if (value instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        throw new LoadException(file.at(value), key + " must be a list");
    }

    List<Item> items(String key) {
        return sequence(key).stream().map(entry -> new Item(file, entry)).toList();
    }

    Item item(String key) {
        return new Item(file, values.get(key));
    }

    boolean isSequence(String key) {
        return values.get(key) instanceof SequenceNode;
    }

    SourceFile file() {
        return file;
    }

    private ScalarNode scalar(String key) {
        return scalar(values.get(key), key);
    }

    ScalarNode scalar(Node value, String what) {
        if (value instanceof ScalarNode scalar) {
            return scalar;
        }
        throw new LoadException(file.at(value), what + " must be a single value");
    }

    private static boolean isNull(Node value) {
        return value instanceof ScalarNode scalar && scalar.isPlain()
                && (scalar.getValue().isEmpty() || scalar.getValue().equals("null") || scalar.getValue().equals("~"));
    }
}
