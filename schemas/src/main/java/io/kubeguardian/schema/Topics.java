package io.kubeguardian.schema;

import java.util.List;
import java.util.Map;

/** The Kafka topics and how each is set up. */
public final class Topics {
    public static final String EVENTS = "kubeguardian.events";
    public static final String PODS = "kubeguardian.pods";
    public static final String POLICIES = "kubeguardian.policies";
    public static final String MODELS = "kubeguardian.models";
    public static final String RULE_STATUS = "kubeguardian.rule-status";
    public static final String SIGNALS = "kubeguardian.signals";
    public static final String INCIDENTS = "kubeguardian.incidents";
    public static final String ALERTS = "kubeguardian.alerts";
    public static final String RISK = "kubeguardian.risk";
    public static final String DECISIONS = "kubeguardian.decisions";
    public static final String DECISION_LOG = "kubeguardian.decision-log";
    public static final String APPROVALS = "kubeguardian.approvals";
    public static final String POSTURE = "kubeguardian.posture";
    public static final String ADMISSION_AUDIT = "kubeguardian.admission-audit";
    public static final String INTEL = "kubeguardian.intel";
    public static final String CONTAINMENT_AUDIT = "kubeguardian.containment-audit";
    public static final String COLLECTOR_HEALTH = "kubeguardian.collector-health";
    public static final String PROFILES = "kubeguardian.profiles";
    public static final String PROFILE_AUDIT = "kubeguardian.profile-audit";
    public static final String DEAD_LETTERS = "kubeguardian.dead-letters";

    private static final Map<String, String> COMPACTED = Map.of("cleanup.policy", "compact");
    /** Said again every few seconds: what is older than an hour is of a job that is gone, and readers begin at the beginning. */
    private static final Map<String, String> REPEATED =
            Map.of("cleanup.policy", "compact,delete", "retention.ms", "3600000", "segment.ms", "600000");
    /** The same of nodes, which come and go: a node that was silent for a day is gone. */
    private static final Map<String, String> OF_NODES =
            Map.of("cleanup.policy", "compact,delete", "retention.ms", "86400000", "segment.ms", "3600000");
    /** A record that several readers could not use, or one reader twice, is kept once: its key says where it lies. */
    private static final Map<String, String> ONCE =
            Map.of("cleanup.policy", "compact,delete", "retention.ms", "2592000000");
    /** A model is larger than Kafka's usual megabyte. */
    private static final Map<String, String> LARGE_COMPACTED =
            Map.of("cleanup.policy", "compact", "max.message.bytes", Integer.toString(8 << 20));
    private static final Map<String, String> ONE_DAY = Map.of("retention.ms", "86400000");
    private static final Map<String, String> ONE_YEAR = Map.of("retention.ms", "31536000000");
    private static final Map<String, String> THIRTY_DAYS = Map.of("retention.ms", "2592000000");

    /**
     * A topic as it is created when missing.
     *
     * @param partitions number of partitions
     * @param settings topic-level configuration
     */
    public record Definition(String name, int partitions, Map<String, String> settings) {}

    private Topics() {}

    /**
     * All topics.
     *
     * @param partitions how many partitions the busy ones (events, pods) get; both have the same number, so that a
     *     pod's events and its metadata fall into partitions of the same number
     */
    public static List<Definition> all(int partitions) {
        return List.of(
                new Definition(EVENTS, partitions, ONE_DAY),
                new Definition(PODS, partitions, COMPACTED),
                // One partition: what was published last is what came last.
                new Definition(POLICIES, 1, COMPACTED),
                new Definition(MODELS, 1, LARGE_COMPACTED),
                new Definition(RULE_STATUS, 1, REPEATED),
                new Definition(SIGNALS, partitions, THIRTY_DAYS),
                new Definition(INCIDENTS, 1, THIRTY_DAYS),
                new Definition(ALERTS, 1, THIRTY_DAYS),
                new Definition(RISK, 1, COMPACTED),
                new Definition(DECISIONS, 1, COMPACTED),
                new Definition(DECISION_LOG, 1, ONE_YEAR),
                new Definition(APPROVALS, 1, ONE_YEAR),
                new Definition(POSTURE, 1, COMPACTED),
                new Definition(ADMISSION_AUDIT, 1, ONE_YEAR),
                // One partition: a feed's own record comes behind its chunks.
                new Definition(INTEL, 1, COMPACTED),
                new Definition(CONTAINMENT_AUDIT, 1, ONE_YEAR),
                new Definition(PROFILES, 1, COMPACTED),
                new Definition(PROFILE_AUDIT, 1, ONE_YEAR),
                new Definition(COLLECTOR_HEALTH, 1, OF_NODES),
                new Definition(DEAD_LETTERS, 1, ONCE));
    }
}
