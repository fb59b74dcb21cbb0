package io.kubeguardian.correlation;

import io.kubeguardian.schema.Priority;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Sigma correlation rules from YAML. Format: SigmaHQ's "Sigma Correlation Rules Specification", version 2.0.0, and the
 * type {@code not_followed_by}. Plain Sigma rules in the same file are read as far as a correlation needs them, see
 * {@link EventRuleParser}.
 */
final class PatternParser {
    static final long MAX_TIMESPAN_MILLIS = 24L * 3600 * 1000;
    static final int MAX_RULES = 16;

    private static final Set<String> KEYS = Set.of("title", "id", "name", "status", "description", "references",
            "reference", "author", "date", "modified", "tags", "level", "falsepositives", "license", "related", "taxonomy",
            "generate", "correlation");
    private static final Set<String> CORRELATION_KEYS =
            Set.of("type", "rules", "group-by", "timespan", "condition", "aliases", "generate");
    private static final Pattern TIMESPAN = Pattern.compile("([1-9][0-9]{0,5})([smhd])");
    private static final Pattern TECHNIQUE = Pattern.compile("attack\\.(t[0-9]{4}(?:\\.[0-9]{3})?)");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int MAX_ALIASES = 8;

    private final YamlNodes yaml;

    private PatternParser(String file) {
        this.yaml = new YamlNodes(file);
    }

    /** All documents of a file; at least one. */
    static List<SigmaDocument> parse(PatternSource source) {
        PatternParser parser = new PatternParser(source.name());
        List<SigmaDocument> documents = new ArrayList<>();
        for (Node node : parser.yaml.documents(source.text())) {
            documents.add(parser.document(node));
        }
        if (documents.isEmpty()) {
            throw new PatternException(source.name() + ": holds no pattern");
        }
        return documents;
    }

    private SigmaDocument document(Node node) {
        Map<String, Node> any = yaml.mapping(node, "a pattern", null);
        return any.containsKey("detection") && !any.containsKey("correlation")
                ? EventRuleParser.parse(yaml, node, any) : correlation(node);
    }

    private SigmaDocument.Correlation correlation(Node document) {
        Map<String, Node> top = yaml.mapping(document, "a pattern", KEYS);
        String name = yaml.textOrNone(top, "name");
        String title = top.containsKey("title") || name.isEmpty()
                ? yaml.text(yaml.required(top, "title", document), "title") : name;
        String id = top.containsKey("id") ? yaml.text(top.get("id"), "id") : slug(name.isEmpty() ? title : name);
        if (!ID.matcher(id).matches()) {
            throw yaml.error(top.getOrDefault("id", document), "id " + id + " must be 1 to 64 of A-Z a-z 0-9 . _ -");
        }
        Node correlation = yaml.required(top, "correlation", document);
        Map<String, Node> rule = yaml.mapping(correlation, "correlation", CORRELATION_KEYS);
        Node typeNode = yaml.required(rule, "type", correlation);
        CorrelationType type = CorrelationType.of(yaml.text(typeNode, "type"));
        if (type == null) {
            throw yaml.error(typeNode, "correlation type " + yaml.text(typeNode, "type") + " is not known; one of "
                    + String.join(", ", CorrelationType.names()));
        }
        Node rules = yaml.required(rule, "rules", correlation);
        List<String> entries = yaml.oneOrMore(rules, "rules");
        int least = type.isCount() ? 1 : 2;
        if (entries.size() < least || entries.size() > MAX_RULES) {
            throw yaml.error(rules, "rules has " + entries.size() + " entries, must have from " + least + " to "
                    + MAX_RULES);
        }
        Map<String, Map<String, String>> aliases = aliases(rule.get("aliases"), entries);
        Node generate = rule.getOrDefault("generate", top.get("generate"));
        return new SigmaDocument.Correlation(id, name, title, yaml.textOrNone(top, "description"),
                priority(top.get("level")), techniques(top.get("tags")), tactics(top.get("tags")), type, entries, rules,
                groupBy(rule.get("group-by"), aliases), aliases,
                timespan(yaml.required(rule, "timespan", correlation)), condition(type, rule, correlation, entries.size()),
                generate != null && yaml.flag(generate, "generate"), yaml, document);
    }

    private List<String> groupBy(Node node, Map<String, Map<String, String>> aliases) {
        if (node == null) {
            return List.of();
        }
        List<String> fields = yaml.oneOrMore(node, "group-by");
        for (String field : fields) {
            if (!aliases.containsKey(field) && !SignalFields.isKnown(field)) {
                throw yaml.error(node, "cannot group by " + field + "; one of " + SignalFields.known());
            }
        }
        if (fields.isEmpty()) {
            throw yaml.error(node, "group-by is empty; leave it out to group all signals together");
        }
        return fields.stream().map(field -> aliases.containsKey(field) ? field : SignalFields.canonical(field)).toList();
    }

    private Map<String, Map<String, String>> aliases(Node node, List<String> entries) {
        Map<String, Map<String, String>> aliases = new LinkedHashMap<>();
        if (node == null) {
            return aliases;
        }
        yaml.mapping(node, "aliases", null).forEach((alias, of) -> {
            Map<String, String> fields = new LinkedHashMap<>();
            yaml.mapping(of, "alias " + alias, null).forEach((entry, field) -> {
                String name = yaml.text(field, "alias " + alias);
                if (!entries.contains(entry)) {
                    throw yaml.error(of, "alias " + alias + " is for " + entry + ", which is not among rules");
                }
                if (!SignalFields.isKnown(name)) {
                    throw yaml.error(field, "no field is called " + name + "; one of " + SignalFields.known());
                }
                fields.put(entry, SignalFields.canonical(name));
            });
            aliases.put(alias, fields);
        });
        if (aliases.size() > MAX_ALIASES) {
            throw yaml.error(node, "more than " + MAX_ALIASES + " aliases");
        }
        return aliases;
    }

    private CountCondition condition(CorrelationType type, Map<String, Node> rule, Node correlation, int rules) {
        Node node = rule.get("condition");
        if (node == null) {
            if (type.isCount()) {
                throw yaml.error(correlation, "lacks condition, which " + type.text() + " must have");
            }
            return null;
        }
        if (type.isOrdered()) {
            throw yaml.error(node, type.text() + " takes no condition: all of its rules must match, in order");
        }
        return ConditionParser.parse(yaml, node, type, rules);
    }

    private Priority priority(Node level) {
        String name = level == null ? "medium" : yaml.text(level, "level");
        return switch (name) {
            case "critical" -> Priority.CRITICAL;
            case "high" -> Priority.ERROR;
            case "medium" -> Priority.WARNING;
            case "low" -> Priority.NOTICE;
            case "informational" -> Priority.INFORMATIONAL;
            default -> throw yaml.error(level,
                    "level " + name + " is none of informational, low, medium, high, critical");
        };
    }

    private List<String> techniques(Node tags) {
        List<String> techniques = new ArrayList<>();
        for (String tag : tags == null ? List.<String>of() : yaml.texts(tags, "tags")) {
            Matcher technique = TECHNIQUE.matcher(tag);
            if (technique.matches()) {
                techniques.add(technique.group(1).toUpperCase(Locale.ROOT));
            }
        }
        return techniques;
    }

    private List<String> tactics(Node tags) {
        List<String> tactics = new ArrayList<>();
        for (String tag : tags == null ? List.<String>of() : yaml.texts(tags, "tags")) {
            String tactic = AttackPath.tactic(tag);
            if (tactic != null) {
                tactics.add(tactic);
            }
        }
        return tactics;
    }

    private long timespan(Node node) {
        String text = node instanceof ScalarNode ? yaml.text(node, "timespan") : "";
        Matcher matcher = TIMESPAN.matcher(text);
        if (!matcher.matches()) {
            throw yaml.error(node, "timespan " + text + " is not a number and s, m, h or d, such as 5m");
        }
        long seconds = switch (matcher.group(2)) {
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3600;
            default -> 86_400;
        };
        long millis = Long.parseLong(matcher.group(1)) * seconds * 1000;
        if (millis > MAX_TIMESPAN_MILLIS) {
            throw yaml.error(node, "timespan " + text + " is longer than a day: its state would grow too large");
        }
        return millis;
    }

    private static String slug(String title) {
        String slug = title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "-");
        return slug.length() > 64 ? slug.substring(0, 64) : slug;
    }
}
