package io.kubeguardian.correlation;

import io.kubeguardian.schema.Priority;
import java.io.Serializable;
import java.util.List;

/**
 * One Sigma correlation rule of type temporal_ordered.
 *
 * @param id Sigma's id; part of operator and incident ids, so it stays when the title is reworded
 * @param techniques ATT&CK technique ids, from tags of the form attack.t1059.004
 * @param rules names of rules (or drift.…), in the order in which their signals must come
 * @param groupBy what the signals must have in common, see {@link GroupKey#FIELDS}
 * @param timespanMillis longest time from the first to the last signal
 */
public record CorrelationPattern(
        String id, String title, String description, Priority priority, List<String> techniques, List<String> rules,
        List<String> groupBy, long timespanMillis)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public CorrelationPattern {
        // List.copyOf is serializable, a sub-list of the parser's may not be.
        techniques = List.copyOf(techniques);
        rules = List.copyOf(rules);
        groupBy = List.copyOf(groupBy);
    }
}
