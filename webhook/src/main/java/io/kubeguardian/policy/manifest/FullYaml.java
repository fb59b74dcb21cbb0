package io.kubeguardian.policy.manifest;

import io.kubeguardian.policy.Node;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.AnchorNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** Reads any YAML by SnakeYAML, within bounds. */
public final class FullYaml {
    private static final int DEEPEST = 100;
    private static final Resolver RESOLVER = new Resolver();
    /** What all aliases together may expand a document to. */
    private static final int MOST_VALUES = 1_000_000;

    private final Map<org.yaml.snakeyaml.nodes.Node, Converted> done = new IdentityHashMap<>();
    private final int firstLine;

    private FullYaml(int firstLine) {
        this.firstLine = firstLine;
    }

    /** @param size with everything that its aliases stand for; -1 while it is not known */
    private record Converted(Node node, long size) {
        static final Converted UNDERWAY = new Converted(Node.MISSING, -1);
    }

    /** The library's own nodes, with their marks; null for an empty document. */
    public static org.yaml.snakeyaml.nodes.Node compose(String document) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE); // bounded by the file's size
        options.setNestingDepthLimit(DEEPEST);
        options.setMaxAliasesForCollections(1000);
        options.setAllowRecursiveKeys(false);
        options.setAllowDuplicateKeys(true); // told below, with its line
        return new Composer(new ParserImpl(new StreamReader(document), options), RESOLVER, options).getSingleNode();
    }

    /**
     * A document's value; {@link Node#MISSING} when it has none.
     *
     * @param firstLine the document's first line in its file, counted from 1
     * @throws UnreadableException when it is no YAML, or more than is taken
     */
    static Node read(String document, int firstLine) throws UnreadableException {
        try {
            org.yaml.snakeyaml.nodes.Node root = compose(document);
            if (root == null) {
                return Node.MISSING;
            }
            FullYaml reader = new FullYaml(firstLine);
            return reader.convert(root, reader.line(root)).node();
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            String context = e.getContext() == null ? "" : e.getContext() + ": ";
            throw new UnreadableException(mark == null ? firstLine : firstLine + mark.getLine(),
                    "not YAML: " + context + e.getProblem());
        } catch (YAMLException e) {
            throw new UnreadableException(firstLine, "not YAML: " + e.getMessage());
        } catch (StackOverflowError e) {
            throw new UnreadableException(firstLine, "nested too deeply");
        }
    }

    private int line(org.yaml.snakeyaml.nodes.Node node) {
        Mark mark = node.getStartMark();
        return mark == null ? firstLine : firstLine + mark.getLine();
    }

    private Converted convert(org.yaml.snakeyaml.nodes.Node node, int line) throws UnreadableException {
        org.yaml.snakeyaml.nodes.Node real = node instanceof AnchorNode anchor ? anchor.getRealNode() : node;
        Converted known = done.get(real);
        if (known != null) {
            if (known.size < 0) {
                throw new UnreadableException(line(real), "not YAML for Kubernetes: an alias stands for what it is in");
            }
            return known;
        }
        done.put(real, Converted.UNDERWAY);
        Converted converted = switch (real) {
            case ScalarNode scalar -> new Converted(scalar(scalar, line), 1);
            case SequenceNode sequence -> sequence(sequence, line);
            case MappingNode mapping -> mapping(mapping, line);
            default -> throw new UnreadableException(line, "not YAML for Kubernetes: " + real.getNodeId());
        };
        if (converted.size > MOST_VALUES) {
            throw new UnreadableException(line(real), "aliases make more than " + MOST_VALUES + " values of it");
        }
        done.put(real, converted);
        return converted;
    }

    private static Node scalar(ScalarNode scalar, int line) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
        if (plain && tag.startsWith(Tag.PREFIX) && !tag.equals(Tag.STR) || plain && tag.equals(Tag.STR)
                && RESOLVER.resolve(scalar.getNodeId(), text, true).equals(Tag.STR)) {
            return Scalars.plain(text, line);
        }
        if (!plain && (tag.equals(Tag.BOOL) || tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) || tag.equals(Tag.NULL))) {
            return Scalars.plain(text, line);
        }
        return Node.scalar(Node.Kind.STRING, text, line);
    }

    private Converted sequence(SequenceNode sequence, int line) throws UnreadableException {
        List<Node> items = new ArrayList<>();
        long size = 1;
        for (org.yaml.snakeyaml.nodes.Node item : sequence.getValue()) {
            Converted converted = convert(item, line(item));
            items.add(converted.node);
            size += converted.size;
        }
        return new Converted(Node.array(items, line), size);
    }

    private Converted mapping(MappingNode mapping, int line) throws UnreadableException {
        Map<String, Node> fields = new LinkedHashMap<>();
        Map<String, Node> merged = new LinkedHashMap<>();
        long size = 1;
        for (NodeTuple entry : mapping.getValue()) {
            org.yaml.snakeyaml.nodes.Node keyNode = entry.getKeyNode() instanceof AnchorNode anchor
                    ? anchor.getRealNode() : entry.getKeyNode();
            int keyLine = line(keyNode);
            if (!(keyNode instanceof ScalarNode key)) {
                throw new UnreadableException(keyLine, "not YAML for Kubernetes: a key must be a single value");
            }
            Converted value = convert(entry.getValueNode(), keyLine);
            size += value.size;
            if (Tag.MERGE.equals(key.getTag())) {
                merge(value.node, merged, keyLine);
            } else if (fields.put(key.getValue(), value.node) != null) {
                throw new UnreadableException(keyLine, "key " + key.getValue() + " stands twice");
            }
        }
        merged.forEach(fields::putIfAbsent);
        return new Converted(Node.object(List.copyOf(fields.keySet()), List.copyOf(fields.values()), line), size);
    }

    private static void merge(Node value, Map<String, Node> merged, int line) throws UnreadableException {
        if (value.isObject()) {
            for (int i = 0; i < value.size(); i++) {
                merged.putIfAbsent(value.name(i), value.at(i));
            }
        } else if (value.isArray()) {
            for (Node one : value) {
                if (!one.isObject()) {
                    throw new UnreadableException(line, "not YAML for Kubernetes: << needs mappings");
                }
                merge(one, merged, line);
            }
        } else {
            throw new UnreadableException(line, "not YAML for Kubernetes: << needs a mapping");
        }
    }
}
