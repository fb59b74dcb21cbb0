package io.kubeguardian.rules.load;

import io.kubeguardian.rules.RuleSource;
import io.kubeguardian.rules.syntax.ConditionText;
import io.kubeguardian.rules.syntax.Location;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** A rule file as text: decodes it, reads its YAML, and finds the line and column of every character of a condition. */
final class SourceFile {
    private static final int MAX_BYTES = 8 * 1024 * 1024;

    private final String name;
    private final String text;

    private SourceFile(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /** @throws LoadException when it is too large or not UTF-8 */
    static SourceFile decode(RuleSource source) {
        byte[] bytes = source.content();
        if (bytes.length > MAX_BYTES) {
            throw new LoadException(new Location(source.name(), 1, 1),
                    "file of " + bytes.length + " bytes is too large; at most " + MAX_BYTES);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
            return new SourceFile(source.name(), text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (CharacterCodingException e) {
            int line = 1;
            for (int i = 0; i < buffer.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw new LoadException(new Location(source.name(), line, 1),
                    "not UTF-8 text at byte " + buffer.position() + "; save the file as UTF-8");
        }
    }

    /** The roots of its YAML documents. */
    List<Node> documents() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_BYTES);
        options.setNestingDepthLimit(20);
        options.setMaxAliasesForCollections(1000);
        options.setAllowRecursiveKeys(false);
        List<Node> roots = new ArrayList<>();
        try {
            new Yaml(options).composeAll(new StringReader(text)).forEach(roots::add);
        } catch (MarkedYAMLException e) {
            throw new LoadException(e.getProblemMark() == null ? new Location(name, 1, 1) : at(e.getProblemMark()),
                    "not YAML: " + oneLine(e.getProblem()));
        } catch (YAMLException e) {
            throw new LoadException(new Location(name, 1, 1), "not YAML: " + oneLine(e.getMessage()));
        }
        return roots;
    }

    private static String oneLine(String message) {
        return message == null ? "unreadable" : message.replaceAll("\\s+", " ").strip();
    }

    Location start() {
        return new Location(name, 1, 1);
    }

    Location at(Node node) {
        return at(node.getStartMark());
    }

    private Location at(Mark mark) {
        return new Location(name, mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** A scalar's value that knows where in the file each of its characters stands. */
    ConditionText text(ScalarNode scalar) {
        return ConditionText.of(scalar.getValue(), offset -> locate(scalar, offset));
    }

    /**
     * Follows value and file side by side. Folding changes white space only, and quoting only adds characters, so the
     * n-th character of the value that is no white space is found by skipping in the file whatever does not match.
     */
    private Location locate(ScalarNode scalar, int offset) {
        int[] value = scalar.getValue().codePoints().toArray();
        int[] file = text.codePoints().toArray();
        int position = scalar.getStartMark().getIndex();
        int end = Math.min(scalar.getEndMark().getIndex(), file.length);
        if (scalar.getScalarStyle() == ScalarStyle.LITERAL || scalar.getScalarStyle() == ScalarStyle.FOLDED) {
            while (position < end && file[position] != '\n') {
                position++;
            }
        } else if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
            position++;
        }
        int found = position;
        for (int i = 0; i <= offset && i < value.length; i++) {
            if (Character.isWhitespace(value[i])) {
                continue;
            }
            while (position < end && file[position] != value[i]) {
                position++;
            }
            found = position++;
        }
        // The end of the value: right behind its last character.
        return location(file, offset >= value.length ? Math.min(position, end) : found);
    }

    private Location location(int[] file, int position) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < position && i < file.length; i++) {
            if (file[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new Location(name, line, position - lineStart + 1);
    }
}
