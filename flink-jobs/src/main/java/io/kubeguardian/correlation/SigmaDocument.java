package io.kubeguardian.correlation;

import io.kubeguardian.schema.Priority;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.Node;

/** One YAML document of a pattern file, before those of all files are put together. */
interface SigmaDocument {
    /** Sigma's id; empty: none. */
    String id();

    /** Sigma's name; empty: none. */
    String name();

    String title();

    /** For errors. */
    YamlNodes file();

    Node node();

    /**
     * A Sigma rule about events, which correlation rules refer to.
     *
     * @param signals which signals it stands for
     */
    record Rule(String id, String name, String title, SignalSelector signals, YamlNodes file, Node node)
            implements SigmaDocument {}

    /**
     * A Sigma correlation rule.
     *
     * @param rulesNode where its rules stand
     * @param condition null: none
     */
    record Correlation(
            String id, String name, String title, String description, Priority priority, List<String> techniques,
            List<String> tactics, CorrelationType type, List<String> rules, Node rulesNode, List<String> groupBy,
            Map<String, Map<String, String>> aliases, long timespanMillis, CountCondition condition, boolean generate,
            YamlNodes file, Node node)
            implements SigmaDocument {}
}
