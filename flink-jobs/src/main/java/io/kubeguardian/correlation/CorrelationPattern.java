package io.kubeguardian.correlation;

import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import java.util.List;
import java.util.Map;

/**
 * One Sigma correlation rule.
 *
 * @param id Sigma's id; part of incident ids, so it stays when the title is reworded
 * @param name by which other correlation rules refer to it; empty: by its id alone
 * @param techniques ATT&CK technique ids, from tags of the form attack.t1059.004
 * @param tactics ATT&CK tactics with underscores, from tags such as attack.credential-access
 * @param rules what its signals are, as the file names them; of an ordered type in their order
 * @param selectors of the same, one each
 * @param groupBy what the signals must have in common, see {@link SignalFields}; empty: nothing
 * @param aliases of group-by: alias to rule's entry to field
 * @param timespanMillis the last signal comes sooner than this after the first
 * @param condition of counts, and of temporal how many of the rules; null: all of them
 * @param isStandAlone false: it is only a step of others, and makes no incident of its own
 * @param level 0: of signals alone; 1: of others of level 0, too
 */
public record CorrelationPattern(
        String id, String name, String title, String description, Priority priority, List<String> techniques,
        List<String> tactics, CorrelationType type, List<String> rules, List<SignalSelector> selectors,
        List<String> groupBy, Map<String, Map<String, String>> aliases, long timespanMillis,
        CountCondition condition, boolean isStandAlone, int level) {
    public CorrelationPattern {
        techniques = List.copyOf(techniques);
        tactics = List.copyOf(tactics);
        rules = List.copyOf(rules);
        selectors = List.copyOf(selectors);
        groupBy = List.copyOf(groupBy);
        aliases = Map.copyOf(aliases);
    }

    /** Of its progress in state: a pattern that is made otherwise begins anew. */
    String stateKey() {
        return id + '@' + Ids.of(type, rules, groupBy, aliases.size(), timespanMillis, String.valueOf(condition))
                .substring(0, 8);
    }

    /** What a signal must be called to be a match of this pattern, for those that refer to it. */
    String reference() {
        return "correlation:" + id;
    }

    /** By which step, as a bit each, a signal of this rule and kind can take. */
    int steps(Signal signal) {
        int steps = 0;
        for (int i = 0; i < selectors.size(); i++) {
            if (selectors.get(i).matches(signal)) {
                steps |= 1 << i;
            }
        }
        return steps;
    }
}
