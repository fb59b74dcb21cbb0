package io.kubeguardian.rules.load;

import io.kubeguardian.rules.syntax.ConditionText;
import io.kubeguardian.rules.syntax.Location;
import io.kubeguardian.schema.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A rule while a bundle is read: later items change it. */
final class RuleDefinition {
    final String name;
    final Location at;
    ConditionText condition;
    ConditionText output;
    String desc;
    Priority priority;
    List<String> tags = new ArrayList<>();
    List<ExceptionClause> exceptions = new ArrayList<>();
    boolean enabled = true;
    boolean skipIfUnknownField;

    RuleDefinition(Item item) {
        name = item.name("rule");
        at = item.location();
        List<String> missing = Stream.of("condition", "output", "desc", "priority").filter(key -> !item.has(key)).toList();
        if (!missing.isEmpty()) {
            throw new LoadException(at, "rule '" + name + "' lacks " + String.join(", ", missing));
        }
        condition = item.located("condition");
        output = item.located("output");
        desc = item.text("desc");
        priority = priority(item);
        tags.addAll(item.texts("tags"));
        enabled = !item.has("enabled") || item.flag("enabled");
        skipIfUnknownField = item.has("skip-if-unknown-filter") && item.flag("skip-if-unknown-filter");
        addExceptions(item);
    }

    /** Falco's older {@code append: true}: condition and exceptions. */
    void append(Item item) {
        if (!item.has("condition") && !item.has("exceptions")) {
            throw new LoadException(item.location(), "append to rule '" + name + "' needs a condition or exceptions");
        }
        if (item.has("condition")) {
            condition = condition.append(item.located("condition"));
        }
        addExceptions(item);
    }

    /** One key of {@code override}. */
    void override(String key, boolean append, Item item) {
        switch (key) {
            case "condition" -> condition = append
                    ? condition.append(item.located(key))
                    : item.located(key);
            case "output" -> output = append ? output.append(item.located(key)) : item.located(key);
            case "desc" -> desc = append ? desc + " " + item.text(key) : item.text(key);
            case "tags" -> {
                if (!append) {
                    tags.clear();
                }
                tags.addAll(item.texts(key));
            }
            case "exceptions" -> {
                if (!append) {
                    exceptions.clear();
                }
                addExceptions(item);
            }
            case "priority" -> priority = priority(item);
            case "enabled" -> enabled = item.flag(key);
            case "skip-if-unknown-filter" -> skipIfUnknownField = item.flag(key);
            default -> { }
        }
    }

    private void addExceptions(Item item) {
        for (Item entry : item.items("exceptions")) {
            if (!entry.has("name")) {
                throw new LoadException(entry.location(), "an exception of rule '" + name + "' has no name");
            }
            ExceptionClause known = exceptions.stream()
                    .filter(exception -> exception.name().equals(entry.name("name")))
                    .findFirst()
                    .orElse(null);
            if (known == null) {
                exceptions.add(new ExceptionClause(entry));
            } else {
                known.addValues(entry);
            }
        }
    }

    private static Priority priority(Item item) {
        String text = item.text("priority").toUpperCase(Locale.ROOT);
        if (text.equals("INFO")) {
            return Priority.INFORMATIONAL;
        }
        for (Priority priority : Priority.values()) {
            if (priority.name().equals(text)) {
                return priority;
            }
        }
        throw new LoadException(item.location("priority"), "unknown priority '" + item.text("priority") + "'; expected "
                + Stream.of(Priority.values()).map(Priority::name).collect(Collectors.joining(", ")));
    }
}
