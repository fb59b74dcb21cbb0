package io.kubeguardian.rules;

import io.kubeguardian.rules.compile.EventRules;
import io.kubeguardian.rules.compile.OutputTemplate;
import io.kubeguardian.rules.compile.RepeatKey;
import io.kubeguardian.rules.load.RuleFiles;
import io.kubeguardian.rules.load.RuleLoader;
import io.kubeguardian.rules.load.RuleLoader.CompiledRule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Rules of the Falco language, compiled. Immutable, so any number of threads may share one. Conditions are compiled
 * anew for each kind of event, and an event meets only those that its kind can make true.
 */
public final class RuleSet {
    /** The rules of one kind of event; conditions and rules by the same index. */
    private record Indexed(EventRules conditions, Rule[] rules, OutputTemplate[] outputs, RepeatKey[] repeats)
            implements EventRules.Sink<RuleHitConsumer> {
        @Override
        public void hit(int index, EventView event, RuleHitConsumer consumer) {
            consumer.hit(new RuleHit(rules[index], outputs[index], repeats[index], event));
        }
    }

    private final String digest;
    private final List<Rule> rules;
    private final Map<EventType, Indexed> byType = new EnumMap<>(EventType.class);
    private final List<RuleProblem> warnings;
    private final List<RuleProblem> skipped;

    private RuleSet(String digest, RuleLoader.Loaded loaded) {
        this.digest = digest;
        this.rules = loaded.rules().stream().map(CompiledRule::rule).toList();
        this.warnings = loaded.warnings();
        this.skipped = loaded.skipped();
        for (EventType type : EventType.values()) {
            List<CompiledRule> some = loaded.rules().stream()
                    .filter(rule -> rule.rule().enabled() && rule.conditions().containsKey(type))
                    .toList();
            byType.put(type, new Indexed(
                    new EventRules(type, some.stream().map(rule -> rule.conditions().get(type)).toList()),
                    some.stream().map(CompiledRule::rule).toArray(Rule[]::new),
                    some.stream().map(CompiledRule::output).toArray(OutputTemplate[]::new),
                    some.stream().map(CompiledRule::repeats).toArray(RepeatKey[]::new)));
        }
    }

    /**
     * Loads files in order: definitions in later ones replace or extend those in earlier ones.
     *
     * @throws RuleLoadException when anything in them is wrong; the message names file, line and column
     */
    public static RuleSet load(List<RuleSource> sources) {
        return load(sources, LoadMode.STRICT);
    }

    /** @throws RuleLoadException when anything in them is wrong, other than unknown fields when lenient */
    public static RuleSet load(List<RuleSource> sources, LoadMode mode) {
        return new RuleSet(digest(sources, mode), RuleLoader.load(sources, mode));
    }

    /** The rules that come with KubeGuardian. */
    public static RuleSet loadBuiltIn() {
        return load(RuleFiles.builtIn());
    }

    /**
     * Loads files, and of folders every .yaml and .yml file by name.
     *
     * @throws RuleLoadException also when a path cannot be read
     */
    public static RuleSet loadPaths(List<Path> paths) {
        return load(RuleFiles.read(paths));
    }

    /** @throws RuleLoadException also when a path cannot be read */
    public static RuleSet loadPaths(List<Path> paths, LoadMode mode) {
        return load(RuleFiles.read(paths), mode);
    }

    /**
     * {@code sha256:…} of the files' content in order, and of the mode when it is lenient: the same content gives the
     * same digest wherever it came from.
     */
    public String digest() {
        return digest;
    }

    /** In the order of their first definition, disabled ones among them. */
    public List<Rule> rules() {
        return rules;
    }

    /** What does not stop the rules from working, but their author should know. */
    public List<RuleProblem> warnings() {
        return warnings;
    }

    /** Rules that a lenient load left out, and why. */
    public List<RuleProblem> skipped() {
        return skipped;
    }

    /** Calls the consumer for each rule whose condition is true of the event, in the order of the rules. */
    public void evaluate(EventView event, RuleHitConsumer consumer) {
        Indexed indexed = byType.get(event.type());
        indexed.conditions.evaluate(event, indexed, consumer);
    }

    /** As {@link #evaluate(EventView, RuleHitConsumer)}, with what is {@link #applicable} to events like this one. */
    void evaluate(EventView event, RuleHitConsumer consumer, EventRules.Applicable applicable) {
        Indexed indexed = byType.get(event.type());
        indexed.conditions.evaluate(event, indexed, consumer, applicable);
    }

    /** Which rules can be true of events that differ from this one in nothing but what they act upon. */
    EventRules.Applicable applicable(EventView event) {
        return byType.get(event.type()).conditions.applicable(event);
    }

    /** As {@link #evaluate(EventView, RuleHitConsumer)}, timed rule by rule. @param some applicable ones; null: all */
    void evaluate(EventView event, RuleHitConsumer consumer, EventRules.Applicable some, Stopwatch watch) {
        Indexed indexed = byType.get(event.type());
        indexed.conditions.evaluate(event, indexed, consumer, some, new EventRules.Stopwatch() {
            @Override
            public void shared(long nanos) {
                watch.shared(nanos);
            }

            @Override
            public void tested(int index, long nanos) {
                watch.tested(indexed.rules[index], nanos);
            }
        });
    }

    /** Is told how long each rule took of one event, nanoseconds, a look at the clock included. */
    interface Stopwatch {
        /** What several rules need is tested once. */
        void shared(long nanos);

        void tested(Rule rule, long nanos);
    }

    private static String digest(List<RuleSource> sources, LoadMode mode) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (RuleSource source : sources) {
                digest.update((source.content().length + "\n").getBytes(StandardCharsets.US_ASCII));
                digest.update(source.content());
            }
            if (mode == LoadMode.LENIENT) {
                digest.update("lenient\n".getBytes(StandardCharsets.US_ASCII));
            }
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
