package io.kubeguardian.cli.scan;

import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.manifest.FullYaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Sets one value in the text of one document. Only that value's characters change, or a line comes in: comments, order and
 * style of everything else stay.
 */
final class TextFix {
    private static final int STEP = 2;

    private final String text;
    /** In JSON names and texts need quotes, and tabs may indent. */
    private final boolean json;

    private TextFix(String text) {
        this.text = text;
        String start = text.stripLeading();
        this.json = start.startsWith("{\"") || start.startsWith("{") && start.substring(1).stripLeading().startsWith("\"");
    }

    /** The document's text with the value set; null where it cannot be done by changing so little. */
    static String apply(String document, Fix fix) {
        TextFix all = new TextFix(document);
        try {
            return all.set(FullYaml.compose(all.json ? document.replace('\t', ' ') : document), fix.path(), fix.value());
        } catch (YAMLException e) {
            return null;
        }
    }

    private String set(org.yaml.snakeyaml.nodes.Node root, List<Object> path, Node value) {
        org.yaml.snakeyaml.nodes.Node node = root;
        for (int i = 0; i < path.size(); i++) {
            if (path.get(i) instanceof Integer place) {
                if (!(node instanceof SequenceNode list) || place >= list.getValue().size()) {
                    return null;
                }
                node = list.getValue().get(place);
                continue;
            }
            String name = (String) path.get(i);
            if (!(node instanceof MappingNode mapping)) {
                return null;
            }
            Node rest = nested(path.subList(i + 1, path.size()), value);
            NodeTuple entry = entry(mapping, name);
            if (entry == null) {
                return rest == null ? null : insert(mapping, name, rest);
            }
            boolean isNull = entry.getValueNode() instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
            if (i == path.size() - 1 || isNull) {
                return rest == null ? null : replace(entry, rest);
            }
            node = entry.getValueNode();
        }
        return null;
    }

    /** The value within objects of these names. */
    private static Node nested(List<Object> names, Node value) {
        Node node = value;
        for (int i = names.size() - 1; i >= 0; i--) {
            if (!(names.get(i) instanceof String name)) {
                return null;
            }
            Map<String, Node> field = new LinkedHashMap<>();
            field.put(name, node);
            node = Node.object(field);
        }
        return node;
    }

    private static NodeTuple entry(MappingNode mapping, String name) {
        for (NodeTuple entry : mapping.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key && key.getValue().equals(name)) {
                return entry;
            }
        }
        return null;
    }

    private int start(org.yaml.snakeyaml.nodes.Node node) {
        return text.offsetByCodePoints(0, node.getStartMark().getIndex());
    }

    private int end(org.yaml.snakeyaml.nodes.Node node) {
        return text.offsetByCodePoints(0, node.getEndMark().getIndex());
    }

    private String replace(NodeTuple entry, Node value) {
        org.yaml.snakeyaml.nodes.Node old = entry.getValueNode();
        if (old instanceof SequenceNode list && list.getFlowStyle() == FlowStyle.BLOCK) {
            return value.isArray() ? replaceItems(entry, list, value) : null;
        }
        if (old instanceof CollectionNode<?> collection && collection.getFlowStyle() == FlowStyle.BLOCK
                || old instanceof ScalarNode scalar && (scalar.getScalarStyle() == ScalarStyle.LITERAL
                        || scalar.getScalarStyle() == ScalarStyle.FOLDED)) {
            return null;
        }
        int from = start(old);
        String space = from > 0 && text.charAt(from - 1) == ':' ? " " : "";
        return text.substring(0, from) + space + flow(value) + text.substring(end(old));
    }

    /** Of a list of single values: takes lines out and puts lines in. */
    private String replaceItems(NodeTuple entry, SequenceNode list, Node value) {
        List<String> missing = new ArrayList<>();
        value.forEach(item -> missing.add(item.scalarText()));
        StringBuilder lines = new StringBuilder();
        int first = lineStart(start(list.getValue().getFirst()));
        int behind = first;
        String indent = " ".repeat(list.getStartMark().getColumn());
        for (org.yaml.snakeyaml.nodes.Node item : list.getValue()) {
            if (!(item instanceof ScalarNode scalar)) {
                return null;
            }
            int next = nextLine(lastCharacter(item));
            if (missing.remove(scalar.getValue())) {
                lines.append(text, behind, next);
            } else {
                lines.append(text, behind, Math.max(behind, lineStart(start(item)))); // comments before it stay
            }
            behind = next;
        }
        missing.forEach(item -> lines.append(indent).append("- ").append(string(item)).append('\n'));
        if (value.size() == 0) {
            int colon = text.indexOf(':', end(entry.getKeyNode()));
            return text.substring(0, colon + 1) + " []" + text.substring(colon + 1, first) + lines + text.substring(behind);
        }
        return text.substring(0, first) + lines + text.substring(behind);
    }

    private String insert(MappingNode mapping, String name, Node value) {
        if (mapping.getFlowStyle() == FlowStyle.FLOW) {
            return insertIntoFlow(mapping, name, value);
        }
        int at = nextLine(lastCharacter(mapping));
        boolean open = at > 0 && text.charAt(at - 1) != '\n';
        StringBuilder lines = new StringBuilder(open ? "\n" : "");
        block(lines, mapping.getValue().getFirst().getKeyNode().getStartMark().getColumn(), name, value);
        return text.substring(0, at) + lines + text.substring(at);
    }

    private String insertIntoFlow(MappingNode mapping, String name, Node value) {
        String field = string(name) + ": " + flow(value);
        if (mapping.getValue().isEmpty()) {
            int open = start(mapping) + 1;
            return text.substring(0, open) + field + text.substring(open);
        }
        NodeTuple last = mapping.getValue().getLast();
        int at = lastCharacter(last.getValueNode()) + 1;
        boolean ownLine = last.getKeyNode().getStartMark().getLine() > mapping.getStartMark().getLine();
        int key = start(last.getKeyNode());
        String between = ownLine ? ",\n" + text.substring(lineStart(key), key) : ", ";
        return text.substring(0, at) + between + field + text.substring(at);
    }

    private void block(StringBuilder lines, int indent, String name, Node value) {
        lines.append(" ".repeat(indent)).append(string(name)).append(':');
        if (value.isObject() && value.size() > 0) {
            lines.append('\n');
            for (int i = 0; i < value.size(); i++) {
                block(lines, indent + STEP, value.name(i), value.at(i));
            }
        } else {
            lines.append(' ').append(flow(value)).append('\n');
        }
    }

    private String flow(Node value) {
        switch (value.kind()) {
            case OBJECT -> {
                List<String> fields = new ArrayList<>();
                for (int i = 0; i < value.size(); i++) {
                    fields.add(string(value.name(i)) + ": " + flow(value.at(i)));
                }
                return '{' + String.join(", ", fields) + '}';
            }
            case ARRAY -> {
                List<String> items = new ArrayList<>();
                value.forEach(item -> items.add(flow(item)));
                return '[' + String.join(", ", items) + ']';
            }
            case STRING -> {
                return string(value.text());
            }
            default -> {
                return value.isPresent() ? value.scalarText() : "null";
            }
        }
    }

    private String string(String value) {
        boolean plain = !json && !value.isEmpty() && value.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
                || c == '_') && !List.of("true", "false", "yes", "no", "on", "off", "null", "y", "n")
                        .contains(value.toLowerCase(Locale.ROOT));
        return plain ? value : Node.string(value).toString();
    }

    /** The place of a value's last character: its end mark may be behind comments and empty lines. */
    private int lastCharacter(org.yaml.snakeyaml.nodes.Node node) {
        if (node instanceof CollectionNode<?> collection && collection.getFlowStyle() == FlowStyle.BLOCK) {
            Object last = collection.getValue().getLast();
            return lastCharacter(last instanceof NodeTuple entry ? entry.getValueNode() : (org.yaml.snakeyaml.nodes.Node) last);
        }
        int at = end(node) - 1;
        while (at > 0 && Character.isWhitespace(text.charAt(at))) {
            at--;
        }
        return at;
    }

    private int lineStart(int at) {
        return text.lastIndexOf('\n', at - 1) + 1;
    }

    private int nextLine(int at) {
        int feed = text.indexOf('\n', at);
        return feed < 0 ? text.length() : feed + 1;
    }
}
