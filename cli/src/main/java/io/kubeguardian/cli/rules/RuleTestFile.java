package io.kubeguardian.cli.rules;

import io.kubeguardian.config.Nearest;
import io.kubeguardian.rules.Rule;
import io.kubeguardian.rules.RuleLoadException;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.rules.RuleSource;
import io.kubeguardian.rules.load.RuleFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A file of rule tests, as docs/rules-test.md describes it. */
record RuleTestFile(RuleSet rules, List<RuleTest> tests) {
    private static final Set<String> FILE_KEYS = Set.of("rules", "tests");
    private static final Set<String> TEST_KEYS =
            Set.of("name", "capture", "events", "pod", "container", "host", "expect", "forbid");
    private static final Set<String> EXPECT_KEYS = Set.of("rule", "output", "count");
    private static final String BUILT_IN = "built-in";
    private static final String OTHERS = "others";

    /**
     * Reads the file, and loads the rules that it names.
     *
     * @throws io.kubeguardian.cli.UserError with file, line and column of what is wrong
     */
    static RuleTestFile read(Path file) {
        YamlValue root = YamlValue.read(file);
        Map<String, YamlValue> keys = root.keys(FILE_KEYS);
        if (!keys.containsKey("tests")) {
            throw root.error("the file has no tests; expected tests: [{name: …, events: […], expect: […]}, …]");
        }
        Path folder = file.toAbsolutePath().getParent();
        RuleSet rules = rules(keys.get("rules"), folder);
        List<RuleTest> tests = new ArrayList<>();
        for (YamlValue test : keys.get("tests").list()) {
            tests.add(test(test, folder, rules));
        }
        if (tests.isEmpty()) {
            throw keys.get("tests").error("there are no tests");
        }
        return new RuleTestFile(rules, tests);
    }

    private static RuleSet rules(YamlValue value, Path folder) {
        if (value == null) {
            return RuleSet.loadBuiltIn();
        }
        List<RuleSource> sources = new ArrayList<>();
        for (YamlValue entry : value.oneOrMore()) {
            try {
                sources.addAll(entry.text().equals(BUILT_IN)
                        ? RuleFiles.builtIn()
                        : RuleFiles.read(List.of(path(entry, folder))));
            } catch (RuleLoadException e) {
                throw entry.error(e.getMessage());
            }
        }
        try {
            return RuleSet.load(sources);
        } catch (RuleLoadException e) {
            throw value.error("the rules do not load: " + e.problems().get(0)
                    + (e.problems().size() == 1 ? "" : " (and " + (e.problems().size() - 1) + " more: rules check)"));
        }
    }

    private static RuleTest test(YamlValue value, Path folder, RuleSet rules) {
        Map<String, YamlValue> keys = value.keys(TEST_KEYS);
        if (!keys.containsKey("name")) {
            throw value.error("the test has no name");
        }
        if (keys.containsKey("capture") == keys.containsKey("events")) {
            throw value.error("expected either capture or events");
        }
        if (!keys.containsKey("expect") && !keys.containsKey("forbid")) {
            throw value.error("the test expects and forbids nothing; add expect or forbid");
        }
        List<Expectation> expected = new ArrayList<>();
        if (keys.containsKey("expect")) {
            keys.get("expect").oneOrMore().forEach(entry -> expected.add(expectation(entry, rules)));
        }
        return new RuleTest(keys.get("name").text(), value.line(), evidence(keys, folder), expected,
                forbidden(keys.get("forbid"), expected, rules));
    }

    private static Evidence evidence(Map<String, YamlValue> keys, Path folder) {
        YamlValue capture = keys.get("capture");
        if (capture == null) {
            return InlineEvents.read(keys);
        }
        for (String key : List.of("pod", "container", "host")) {
            if (keys.containsKey(key)) {
                throw keys.get(key).error(key + " belongs to events; a capture has its own");
            }
        }
        List<Path> captures = new ArrayList<>();
        for (YamlValue entry : capture.oneOrMore()) {
            Path path = path(entry, folder);
            if (!Files.isRegularFile(path)) {
                throw entry.error("capture " + path + " does not exist");
            }
            captures.add(path);
        }
        if (captures.isEmpty()) {
            throw capture.error("there are no captures");
        }
        return new Captures(captures);
    }

    private static Expectation expectation(YamlValue value, RuleSet rules) {
        if (value.isText()) {
            return new Expectation(rule(value, rules), value.line(), List.of(), -1);
        }
        Map<String, YamlValue> keys = value.keys(EXPECT_KEYS);
        if (!keys.containsKey("rule")) {
            throw value.error("expected a rule's name, or {rule: NAME, output: TEXT, count: N}");
        }
        List<String> output = keys.containsKey("output")
                ? keys.get("output").oneOrMore().stream().map(YamlValue::text).toList()
                : List.of();
        int count = keys.containsKey("count") ? keys.get("count").number(1, Integer.MAX_VALUE) : -1;
        return new Expectation(rule(keys.get("rule"), rules), value.line(), output, count);
    }

    private static Set<String> forbidden(YamlValue value, List<Expectation> expected, RuleSet rules) {
        Set<String> names = new LinkedHashSet<>();
        if (value == null) {
            return names;
        }
        if (value.isText() && value.text().equals(OTHERS)) {
            rules.rules().forEach(rule -> names.add(rule.name()));
            expected.forEach(expectation -> names.remove(expectation.rule()));
            return names;
        }
        for (YamlValue entry : value.oneOrMore()) {
            String rule = rule(entry, rules);
            if (expected.stream().anyMatch(expectation -> expectation.rule().equals(rule))) {
                throw entry.error("rule '" + rule + "' is expected and forbidden");
            }
            names.add(rule);
        }
        return names;
    }

    /** A name that no rule has would forbid nothing, and nobody would notice. */
    private static String rule(YamlValue value, RuleSet rules) {
        List<String> names = rules.rules().stream().map(Rule::name).toList();
        if (!names.contains(value.text())) {
            throw value.error("no rule '" + value.text() + "'" + Nearest.hint(value.text(), names));
        }
        return value.text();
    }

    private static Path path(YamlValue value, Path folder) {
        try {
            return folder.resolve(value.text());
        } catch (java.nio.file.InvalidPathException e) {
            throw value.error("'" + value.text() + "' is no path");
        }
    }
}
