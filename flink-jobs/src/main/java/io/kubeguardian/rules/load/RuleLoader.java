package io.kubeguardian.rules.load;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.rules.Rule;
import io.kubeguardian.rules.RuleLoadException;
import io.kubeguardian.rules.RuleProblem;
import io.kubeguardian.rules.RuleSource;
import io.kubeguardian.rules.compile.CompileException;
import io.kubeguardian.rules.compile.Condition;
import io.kubeguardian.rules.compile.ConditionCompiler;
import io.kubeguardian.rules.compile.Definitions;
import io.kubeguardian.rules.compile.OutputTemplate;
import io.kubeguardian.rules.compile.RepeatKey;
import io.kubeguardian.rules.syntax.ConditionSyntax;
import io.kubeguardian.rules.syntax.Expression;
import io.kubeguardian.rules.syntax.LocatedException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads rule files and compiles their rules: all of them, or none. */
public final class RuleLoader {
    private static final Pattern TECHNIQUE = Pattern.compile("T\\d{4}(\\.\\d{3})?");

    /** @param conditions by kind of event; kinds that cannot make the rule fire are not there */
    public record CompiledRule(
            Rule rule, OutputTemplate output, RepeatKey repeats, Map<EventType, Condition> conditions) {}

    /** @param skipped rules left out because of an unknown field */
    public record Loaded(List<CompiledRule> rules, List<RuleProblem> warnings, List<RuleProblem> skipped) {}

    private final LoadMode mode;
    private final Bundle bundle = new Bundle();
    private final List<CompiledRule> compiled = new ArrayList<>();
    private final List<RuleProblem> skipped = new ArrayList<>();
    private final Map<String, Integer> rulesByUnsourcedField = new TreeMap<>();

    private RuleLoader(LoadMode mode) {
        this.mode = mode;
    }

    /** @throws RuleLoadException with everything that is wrong */
    public static Loaded load(List<RuleSource> sources, LoadMode mode) {
        RuleLoader loader = new RuleLoader(mode);
        for (RuleSource source : sources) {
            loader.bundle.collect(() -> loader.bundle.read(SourceFile.decode(source)));
        }
        loader.compile(sources);
        if (!loader.bundle.errors.isEmpty()) {
            throw new RuleLoadException(loader.bundle.errors, loader.bundle.warnings);
        }
        return new Loaded(List.copyOf(loader.compiled), List.copyOf(loader.bundle.warnings), List.copyOf(loader.skipped));
    }

    private void compile(List<RuleSource> sources) {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        bundle.collect(() -> lists.putAll(bundle.lists.expand()));
        Map<String, Expression> macros = new LinkedHashMap<>();
        bundle.macros.forEach((name, text) -> bundle.collect(() -> macros.put(name, ConditionSyntax.parse(text))));
        if (!bundle.errors.isEmpty()) {
            // What follows would be consequences: unknown macros and lists that are in the files.
            bundle.rules.values().forEach(rule -> bundle.collect(() -> ConditionSyntax.parse(rule.condition)));
            return;
        }
        Definitions definitions = new Definitions(macros, lists);
        for (RuleDefinition rule : bundle.rules.values()) {
            try {
                compiled.add(compile(rule, definitions));
            } catch (LocatedException e) {
                RuleProblem problem = new RuleProblem(e.location(), "rule '" + rule.name + "': " + e.getMessage());
                boolean unknownField = e instanceof CompileException compile
                        && compile.kind() == CompileException.Kind.UNKNOWN_FIELD;
                boolean lenient = mode == LoadMode.LENIENT || rule.skipIfUnknownField;
                (unknownField && lenient ? skipped : bundle.errors).add(problem);
            }
        }
        rulesByUnsourcedField.forEach((field, rules) -> bundle.warnings.add(new RuleProblem(
                SourceFile.decode(sources.get(0)).start(),
                "no sensor provides " + field + " yet: comparisons with it are false, in " + rules + " rule(s)")));
    }

    private CompiledRule compile(RuleDefinition rule, Definitions definitions) {
        Set<String> unsourced = new LinkedHashSet<>();
        Expression expression = ExceptionClause.without(ConditionSyntax.parse(rule.condition), rule.exceptions);
        Condition whole = new ConditionCompiler(definitions, unsourced).compile(expression);
        OutputTemplate output = OutputTemplate.compile(rule.output, new LinkedHashSet<>());
        RepeatKey repeats = RepeatKey.of(rule.tags, rule.at);
        Map<EventType, Condition> conditions = new EnumMap<>(EventType.class);
        for (EventType type : EventType.values()) {
            Condition condition = whole.forType(type);
            if (!condition.isNever()) {
                conditions.put(type, condition);
            }
        }
        if (conditions.isEmpty()) {
            bundle.warnings.add(new RuleProblem(rule.at,
                    "rule '" + rule.name + "' can never fire: no sensor provides the events or fields that it needs"));
        }
        unsourced.forEach(field -> rulesByUnsourcedField.merge(field, 1, Integer::sum));
        EnumSet<EventType> types = EnumSet.noneOf(EventType.class);
        types.addAll(conditions.keySet());
        return new CompiledRule(
                new Rule(rule.name, rule.desc, rule.priority, List.copyOf(rule.tags),
                        rule.tags.stream().filter(tag -> TECHNIQUE.matcher(tag).matches()).toList(),
                        rule.enabled, Set.copyOf(types), Set.copyOf(unsourced)),
                output, repeats, conditions);
    }
}
