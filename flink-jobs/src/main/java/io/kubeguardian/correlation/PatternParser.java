package io.kubeguardian.correlation;

import io.kubeguardian.schema.Priority;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

/**
 * Sigma correlation rules from YAML. Format: SigmaHQ's "Sigma Correlation Rules Specification", version 2. Of its
 * types {@code temporal_ordered} is understood; an entry of {@code rules} is one rule's name (Sigma has alternatives
 * only through further correlation rules, which are refused here like every other type: with a clear error).
 */
final class PatternParser {
    private static final Set<String> KEYS = Set.of("title", "id", "name", "status", "description", "references",
            "author", "date", "modified", "tags", "level", "falsepositives", "license", "correlation");
    private static final Set<String> CORRELATION_KEYS = Set.of("type", "rules", "group-by", "timespan");
    private static final Pattern TIMESPAN = Pattern.compile("([1-9][0-9]{0,5})([smhd])");
    private static final Pattern TECHNIQUE = Pattern.compile("attack\\.(t[0-9]{4}(?:\\.[0-9]{3})?)");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int MAX_RULES = 16;
    private static final long MAX_TIMESPAN_MILLIS = 24L * 3600 * 1000;

    private final String file;

    private PatternParser(String file) {
        this.file = file;
    }

    /** All patterns of a file, which may hold several YAML documents. */
    static List<CorrelationPattern> parse(String file, String text) {
        return new PatternParser(file).documents(text);
    }

    private List<CorrelationPattern> documents(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(10);
        options.setNestingDepthLimit(20);
        List<CorrelationPattern> patterns = new ArrayList<>();
        try {
            for (Node document : new Yaml(new SafeConstructor(options)).composeAll(new java.io.StringReader(text))) {
                patterns.add(pattern(document));
            }
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new PatternException(file + ":" + line + ": not YAML: " + e.getProblem(), e);
        } catch (YAMLException e) {
            throw new PatternException(file + ": not YAML: " + e.getMessage().lines().findFirst().orElse(""), e);
        }
        if (patterns.isEmpty()) {
            throw new PatternException(file + ": holds no pattern");
        }
        return patterns;
    }

    private CorrelationPattern pattern(Node document) {
        Map<String, Node> top = mapping(document, "a pattern", KEYS);
        String title = text(required(top, "title", document), "title");
        String id = top.containsKey("id") ? text(top.get("id"), "id") : slug(title);
        if (!ID.matcher(id).matches()) {
            throw error(top.getOrDefault("id", document), "id " + id + " must be 1 to 64 of A-Z a-z 0-9 . _ -");
        }
        Node correlation = required(top, "correlation", document);
        Map<String, Node> rule = mapping(correlation, "correlation", CORRELATION_KEYS);
        Node type = required(rule, "type", correlation);
        if (!text(type, "type").equals("temporal_ordered")) {
            throw error(type, "correlation type " + text(type, "type")
                    + " is not supported yet; use temporal_ordered");
        }
        Node rules = required(rule, "rules", correlation);
        List<String> names = texts(rules, "rules");
        if (names.size() < 2 || names.size() > MAX_RULES) {
            throw error(rules, "rules has " + names.size() + " entries, must have from 2 to " + MAX_RULES);
        }
        Node groupBy = required(rule, "group-by", correlation);
        List<String> fields = texts(groupBy, "group-by");
        for (String field : fields) {
            if (!GroupKey.FIELDS.containsKey(field)) {
                throw error(groupBy, "cannot group by " + field + "; one of "
                        + String.join(", ", new TreeSet<>(GroupKey.FIELDS.keySet())));
            }
        }
        if (fields.isEmpty()) {
            throw error(groupBy, "group-by is empty");
        }
        Node level = required(top, "level", document);
        return new CorrelationPattern(id, title,
                top.containsKey("description") ? text(top.get("description"), "description") : "",
                priority(level), techniques(top.get("tags")), names, fields,
                timespan(required(rule, "timespan", correlation)));
    }

    private Priority priority(Node level) {
        String name = text(level, "level");
        return switch (name) {
            case "critical" -> Priority.CRITICAL;
            case "high" -> Priority.ERROR;
            case "medium" -> Priority.WARNING;
            case "low" -> Priority.NOTICE;
            case "informational" -> Priority.INFORMATIONAL;
            default -> throw error(level,
                    "level " + name + " is none of informational, low, medium, high, critical");
        };
    }

    private List<String> techniques(Node tags) {
        List<String> techniques = new ArrayList<>();
        if (tags != null) {
            for (String tag : texts(tags, "tags")) {
                Matcher technique = TECHNIQUE.matcher(tag);
                if (technique.matches()) {
                    techniques.add(technique.group(1).toUpperCase(Locale.ROOT));
                }
            }
        }
        return techniques;
    }

    private long timespan(Node node) {
        Matcher matcher = TIMESPAN.matcher(text(node, "timespan"));
        if (!matcher.matches()) {
            throw error(node, "timespan " + text(node, "timespan") + " is not a number and s, m, h or d, such as 5m");
        }
        long seconds = switch (matcher.group(2)) {
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3600;
            default -> 86_400;
        };
        long millis = Long.parseLong(matcher.group(1)) * seconds * 1000;
        if (millis > MAX_TIMESPAN_MILLIS) {
            throw error(node, "timespan " + matcher.group() + " is longer than a day: its state would grow too large");
        }
        return millis;
    }

    private Map<String, Node> mapping(Node node, String what, Set<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            throw error(node, what + " must be a mapping of keys");
        }
        Map<String, Node> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = text(tuple.getKeyNode(), "a key");
            if (!known.contains(key)) {
                throw error(tuple.getKeyNode(), "unknown key " + key + " in " + what + "; known: "
                        + String.join(", ", new TreeSet<>(known)));
            }
            if (entries.put(key, tuple.getValueNode()) != null) {
                throw error(tuple.getKeyNode(), "key " + key + " stands twice");
            }
        }
        return entries;
    }

    private Node required(Map<String, Node> entries, String key, Node in) {
        Node node = entries.get(key);
        if (node == null) {
            throw error(in, "lacks " + key);
        }
        return node;
    }

    private String text(Node node, String what) {
        if (!(node instanceof ScalarNode scalar)) {
            throw error(node, what + " must be text");
        }
        String value = scalar.getValue().strip();
        if (value.isEmpty()) {
            throw error(node, what + " is empty");
        }
        return value;
    }

    private List<String> texts(Node node, String what) {
        if (!(node instanceof SequenceNode sequence)) {
            throw error(node, what + " must be a list");
        }
        List<String> texts = new ArrayList<>();
        for (Node entry : sequence.getValue()) {
            texts.add(text(entry, "an entry of " + what));
        }
        return texts;
    }

    private static String slug(String title) {
        String slug = title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return slug.length() > 64 ? slug.substring(0, 64) : slug;
    }

    private PatternException error(Node node, String what) {
        int line = node.getStartMark() == null ? 1 : node.getStartMark().getLine() + 1;
        return new PatternException(file + ":" + line + ": " + what);
    }
}
