package io.kubeguardian.correlation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A file's YAML as nodes that know their line; whatever is wrong with it is one line that begins with file and line. */
final class YamlNodes {
    private static final int MAX_DEPTH = 20;
    private static final int MAX_ALIASES = 10;

    private final String file;

    YamlNodes(String file) {
        this.file = file;
    }

    /** The file's documents; empty ones are left out. */
    List<Node> documents(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        List<Node> documents = new ArrayList<>();
        try {
            new Yaml(new SafeConstructor(options)).composeAll(new java.io.StringReader(text)).forEach(documents::add);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new PatternException(file + ":" + line + ": not YAML: " + e.getProblem(), e);
        } catch (YAMLException e) {
            throw new PatternException(file + ": not YAML: " + e.getMessage().lines().findFirst().orElse(""), e);
        }
        return documents;
    }

    /** @param known the keys it may have; null: any */
    Map<String, Node> mapping(Node node, String what, Set<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            throw error(node, what + " must be a mapping of keys");
        }
        Map<String, Node> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = text(tuple.getKeyNode(), "a key");
            if (known != null && !known.contains(key)) {
                throw error(tuple.getKeyNode(), "unknown key " + key + " in " + what + "; known: "
                        + String.join(", ", new TreeSet<>(known)));
            }
            if (entries.put(key, tuple.getValueNode()) != null) {
                throw error(tuple.getKeyNode(), "key " + key + " stands twice");
            }
        }
        return entries;
    }

    Node required(Map<String, Node> entries, String key, Node in) {
        Node node = entries.get(key);
        if (node == null) {
            throw error(in, "lacks " + key);
        }
        return node;
    }

    String text(Node node, String what) {
        if (!(node instanceof ScalarNode scalar)) {
            throw error(node, what + " must be text");
        }
        String value = scalar.getValue().strip();
        if (value.isEmpty()) {
            throw error(node, what + " is empty");
        }
        return value;
    }

    /** Empty when there is none. */
    String textOrNone(Map<String, Node> entries, String key) {
        return entries.containsKey(key) ? text(entries.get(key), key) : "";
    }

    List<String> texts(Node node, String what) {
        if (!(node instanceof SequenceNode sequence)) {
            throw error(node, what + " must be a list");
        }
        List<String> texts = new ArrayList<>();
        for (Node entry : sequence.getValue()) {
            texts.add(text(entry, "an entry of " + what));
        }
        return texts;
    }

    /** A list, or one text that stands for a list of it. */
    List<String> oneOrMore(Node node, String what) {
        return node instanceof ScalarNode ? List.of(text(node, what)) : texts(node, what);
    }

    boolean flag(Node node, String what) {
        return switch (text(node, what)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw error(node, what + " must be true or false");
        };
    }

    PatternException error(Node node, String what) {
        int line = node.getStartMark() == null ? 1 : node.getStartMark().getLine() + 1;
        return new PatternException((file + ":" + line + ": " + what).replaceAll("\\R", " "));
    }
}
