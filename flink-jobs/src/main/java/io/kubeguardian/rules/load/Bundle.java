package io.kubeguardian.rules.load;

import io.kubeguardian.config.Nearest;
import io.kubeguardian.rules.RuleProblem;
import io.kubeguardian.rules.syntax.ConditionText;
import io.kubeguardian.rules.syntax.LocatedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * All definitions of the files of a bundle, read in order: a later one of the same name replaces, appends to or
 * overrides an earlier one, as https://falco.org/docs/concepts/rules/overriding/ has it.
 */
final class Bundle {
    /** Falco's engine version whose language this reads. */
    private static final int ENGINE_MINOR = 60;

    private static final Set<String> RULE_KEYS = Set.of("rule", "condition", "output", "desc", "priority", "tags",
            "exceptions", "enabled", "source", "append", "override", "warn_evttypes", "skip-if-unknown-filter",
            "capture", "capture_duration");
    private static final Set<String> MACRO_KEYS = Set.of("macro", "condition", "append", "override", "source");
    private static final Set<String> LIST_KEYS = Set.of("list", "items", "append", "override");
    private static final Set<String> NO_APPEND =
            Set.of("priority", "enabled", "warn_evttypes", "skip-if-unknown-filter", "capture", "capture_duration");

    final Map<String, RuleDefinition> rules = new LinkedHashMap<>();
    final Map<String, ConditionText> macros = new LinkedHashMap<>();
    final ListItems lists = new ListItems();
    final List<RuleProblem> errors = new ArrayList<>();
    final List<RuleProblem> warnings = new ArrayList<>();

    void read(SourceFile file) {
        for (Node root : file.documents()) {
            if (root instanceof SequenceNode items) {
                for (Node item : items.getValue()) {
                    collect(() -> read(new Item(file, item)));
                }
            } else {
                errors.add(new RuleProblem(file.at(root), "expected a list of rules, macros and lists ('- rule: …')"));
            }
        }
    }

    /** Runs a step; what is wrong with it becomes an error, and the next step runs all the same. */
    void collect(Runnable step) {
        try {
            step.run();
        } catch (LocatedException e) {
            errors.add(new RuleProblem(e.location(), e.getMessage()));
        }
    }

    private void read(Item item) {
        if (item.has("rule")) {
            rule(item);
        } else if (item.has("macro")) {
            macro(item);
        } else if (item.has("list")) {
            list(item);
        } else if (item.has("required_engine_version")) {
            engineVersion(item);
        } else if (item.has("required_plugin_versions")) {
            warnings.add(new RuleProblem(item.location(), "required_plugin_versions is ignored: there are no plugins"));
        } else {
            warnings.add(new RuleProblem(item.location(), "unknown item is ignored; expected rule, macro or list"));
        }
    }

    private void engineVersion(Item item) {
        String version = item.text("required_engine_version");
        String[] parts = version.split("\\.");
        try {
            int minor = Integer.parseInt(parts.length > 1 ? parts[1] : parts[0]);
            if (minor > ENGINE_MINOR || (parts.length > 1 && Integer.parseInt(parts[0]) > 0)) {
                warnings.add(new RuleProblem(item.location("required_engine_version"), "requires Falco's engine " + version
                        + "; this reads the language of 0." + ENGINE_MINOR + ".0, newer parts may be errors"));
            }
        } catch (NumberFormatException e) {
            throw new LoadException(item.location("required_engine_version"),
                    "'" + version + "' is no version; expected a number or x.y.z");
        }
    }

    private void rule(Item item) {
        item.warnAboutOthers(RULE_KEYS, warnings);
        String name = item.name("rule");
        if (item.has("source") && !item.text("source").equals("syscall")) {
            warnings.add(new RuleProblem(item.location("source"),
                    "rule '" + name + "' is left out: no events of source " + item.text("source")));
            return;
        }
        if (appends(item)) {
            existing(name, item).append(item);
        } else if (item.has("override")) {
            RuleDefinition rule = existing(name, item);
            overrides(item, RULE_KEYS, "rule").forEach((key, append) -> rule.override(key, append, item));
        } else if (item.has("enabled") && !item.has("condition") && !item.has("output")) {
            existing(name, item).override("enabled", false, item);
        } else {
            rules.put(name, new RuleDefinition(item));
        }
    }

    private RuleDefinition existing(String name, Item item) {
        RuleDefinition rule = rules.get(name);
        if (rule == null) {
            throw new LoadException(item.location(),
                    "no rule '" + name + "' was defined before" + Nearest.hint(name, rules.keySet()));
        }
        return rule;
    }

    private void macro(Item item) {
        item.warnAboutOthers(MACRO_KEYS, warnings);
        String name = item.name("macro");
        if (!name.matches("[a-zA-Z][a-zA-Z0-9_]*")) {
            throw new LoadException(item.location("macro"),
                    "'" + name + "' cannot be a macro's name; expected letters, digits, _");
        }
        if (!item.has("condition")) {
            throw new LoadException(item.location(), "macro " + name + " has no condition");
        }
        ConditionText condition = item.located("condition");
        if (appends(item, "condition", "macro")) {
            if (!macros.containsKey(name)) {
                throw new LoadException(item.location(),
                        "no macro " + name + " was defined before" + Nearest.hint(name, macros.keySet()));
            }
            macros.put(name, macros.get(name).append(condition));
        } else {
            macros.put(name, condition);
        }
    }

    private void list(Item item) {
        item.warnAboutOthers(LIST_KEYS, warnings);
        String name = item.name("list");
        if (!item.has("items")) {
            throw new LoadException(item.location(), "list " + name + " has no items");
        }
        if (appends(item, "items", "list")) {
            if (!lists.has(name)) {
                throw new LoadException(item.location(),
                        "no list " + name + " was defined before" + Nearest.hint(name, lists.names()));
            }
            lists.append(name, item.texts("items"));
        } else {
            lists.define(name, item.location(), item.texts("items"));
        }
    }

    private static boolean appends(Item item) {
        if (item.has("append") && item.has("override")) {
            throw new LoadException(item.location("append"), "append and override exclude each other; keep override");
        }
        return item.has("append") && item.flag("append");
    }

    /** For what has a single key to append to. */
    private boolean appends(Item item, String key, String kind) {
        return appends(item) || (item.has("override") && overrides(item, Set.of(kind, key), kind).getOrDefault(key, false));
    }

    /** Each key of override, true for append and false for replace. */
    private static Map<String, Boolean> overrides(Item item, Set<String> known, String kind) {
        Item override = item.item("override");
        Map<String, Boolean> keys = new LinkedHashMap<>();
        for (String key : override.keys()) {
            String how = override.text(key);
            if (!known.contains(key) || key.equals(kind) || key.equals("append") || key.equals("override")) {
                throw new LoadException(override.location(key),
                        "a " + kind + "'s " + key + " cannot be overridden" + Nearest.hint(key, known));
            }
            if (!item.has(key)) {
                throw new LoadException(override.location(key), "override of " + key + ", but the item has no " + key);
            }
            if (!how.equals("append") && !how.equals("replace")) {
                throw new LoadException(override.location(key),
                        "'" + how + "' is no way to override; expected append or replace");
            }
            if (how.equals("append") && NO_APPEND.contains(key)) {
                throw new LoadException(override.location(key), key + " cannot be appended to; expected replace");
            }
            keys.put(key, how.equals("append"));
        }
        for (String key : item.keys()) {
            if (known.contains(key) && !keys.containsKey(key) && !key.equals(kind) && !key.equals("override")) {
                throw new LoadException(item.location(key),
                        key + " is not among the keys of override; add '" + key + ": replace' there");
            }
        }
        return keys;
    }
}
