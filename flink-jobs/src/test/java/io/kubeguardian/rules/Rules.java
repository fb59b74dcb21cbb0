package io.kubeguardian.rules;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Short ways to load rules and to ask them. */
final class Rules {
    private Rules() {}

    static RuleSource source(String name, String yaml) {
        return new RuleSource(name, yaml.getBytes(StandardCharsets.UTF_8));
    }

    /** Loads texts as files a.yaml, b.yaml, … */
    static RuleSet load(String... files) {
        List<RuleSource> sources = new ArrayList<>();
        for (int i = 0; i < files.length; i++) {
            sources.add(source((char) ('a' + i) + ".yaml", files[i]));
        }
        return RuleSet.load(sources);
    }

    /** A rule named r with a condition, ready to stand in a file. */
    static String rule(String condition) {
        return "- rule: r\n  desc: d\n  output: fired\n  priority: WARNING\n  condition: >\n    " + condition + "\n";
    }

    static boolean matches(String condition, EventView event) {
        return !hits(load(rule(condition)), event).isEmpty();
    }

    static List<String> hits(RuleSet rules, EventView event) {
        List<String> names = new ArrayList<>();
        rules.evaluate(event, hit -> names.add(hit.rule().name()));
        return names;
    }

    /** The output of the only rule in a file that has this output and is true of everything. */
    static RuleHit hit(String output, EventView event) {
        RuleSet rules = load("- rule: r\n  desc: d\n  priority: WARNING\n  condition: evt.dir = <\n  output: \""
                + output.replace("\"", "\\\"") + "\"\n");
        List<RuleHit> hits = new ArrayList<>();
        rules.evaluate(event, hits::add);
        return hits.get(0);
    }
}
