package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.config.Nearest;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A value of a YAML file that knows where it stands. Whatever is wrong is a {@link UserError} with file:line:column. */
final class YamlValue {
    private static final int MAX_BYTES = 8 * 1024 * 1024;

    private final Path file;
    private final Node node;

    private YamlValue(Path file, Node node) {
        this.file = file;
        this.node = node;
    }

    /** The file's one document. */
    static YamlValue read(Path file) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_BYTES);
        options.setNestingDepthLimit(40);
        options.setMaxAliasesForCollections(1000);
        options.setAllowRecursiveKeys(false);
        try {
            Node root = new Yaml(options).compose(new StringReader(text(file)));
            if (root == null) {
                throw new UserError(file + ":1:1: the file is empty; expected tests");
            }
            return new YamlValue(file, root);
        } catch (MarkedYAMLException e) {
            throw new UserError(place(file, e.getProblemMark()) + ": not YAML: " + Texts.line(e.getProblem()), e);
        } catch (YAMLException e) {
            throw new UserError(file + ":1:1: not YAML: " + Texts.line(e.getMessage()), e);
        }
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new UserError(file + ":1:1: larger than " + MAX_BYTES + " bytes");
            }
            byte[] bytes = Files.readAllBytes(file);
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new UserError(file + ":1:1: not UTF-8 text; save the file as UTF-8", e);
        } catch (NoSuchFileException e) {
            throw new UserError(file + ": does not exist", e);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + Texts.reason(e), e);
        }
    }

    private static String place(Path file, Mark mark) {
        return mark == null ? file + ":1:1" : file + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
    }

    UserError error(String message) {
        return new UserError(place(file, node.getStartMark()) + ": " + Texts.line(message));
    }

    /** {@code file:line}. */
    String line() {
        return file + ":" + (node.getStartMark().getLine() + 1);
    }

    boolean isText() {
        return node instanceof ScalarNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    /** By key, in the file's order; other keys than the known ones are errors. */
    Map<String, YamlValue> keys(Set<String> known) {
        Map<String, YamlValue> values = allKeys("expected keys: " + String.join(", ", known.stream().sorted().toList()));
        for (NodeTuple entry : ((MappingNode) node).getValue()) {
            YamlValue key = new YamlValue(file, entry.getKeyNode());
            if (!known.contains(key.text())) {
                String hint = Nearest.hint(key.text(), known);
                throw key.error("unknown key " + key.text() + (hint.isEmpty()
                        ? "; expected " + String.join(", ", known.stream().sorted().toList())
                        : hint));
            }
        }
        return values;
    }

    /** A mapping of texts with any keys. */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        allKeys("expected keys with texts").forEach((key, value) -> texts.put(key, value.text()));
        return texts;
    }

    private Map<String, YamlValue> allKeys(String expected) {
        if (!(node instanceof MappingNode mapping)) {
            throw error(expected);
        }
        Map<String, YamlValue> values = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            YamlValue key = new YamlValue(file, entry.getKeyNode());
            if (values.put(key.text(), new YamlValue(file, entry.getValueNode())) != null) {
                throw key.error("key " + key.text() + " stands twice");
            }
        }
        return values;
    }

    List<YamlValue> list() {
        if (!(node instanceof SequenceNode sequence)) {
            throw error("expected a list");
        }
        List<YamlValue> values = new ArrayList<>();
        sequence.getValue().forEach(entry -> values.add(new YamlValue(file, entry)));
        return values;
    }

    /** The entries of a list, or the value itself where it is a single one. */
    List<YamlValue> oneOrMore() {
        return isList() ? list() : List.of(this);
    }

    /** Never blank. */
    String text() {
        String text = anyText();
        if (text.isBlank()) {
            throw error("expected a value, found none");
        }
        return text;
    }

    String anyText() {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw error("expected a single value");
    }

    int number(int least, int most) {
        String text = text();
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw error("'" + text + "' is no number from " + least + " to " + most);
    }

    boolean flag() {
        return switch (text()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw error("'" + text() + "' is neither true nor false");
        };
    }
}
