package io.kubeguardian.schema;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Record keys: what each topic is partitioned and compacted by. */
public final class Keys {
    /** Policies: keys of everything about detection rules begin so. */
    public static final String RULES = "rules/";
    /** Policies: the bundle that jobs shall run. */
    public static final String ACTIVE_RULES = RULES + "active";

    /** Policies: keys of everything about correlation patterns begin so. */
    public static final String PATTERNS = "patterns/";
    /** Policies: the bundle of patterns that jobs shall run. */
    public static final String ACTIVE_PATTERNS = PATTERNS + "active";

    /** Intel: keys of feeds begin so, the name follows. */
    public static final String FEED = "feed/";
    /** Decisions: keys of quarantined workloads begin so. */
    public static final String QUARANTINE = "quarantine/";
    /** Policies: keys of what operators say about baselines begin so. */
    public static final String PROFILE = "profile/";
    /** Policies: keys of admission policies begin so. */
    public static final String ADMISSION = "admission/";
    private static final String EXCEPTION = "exception/";
    /** Policies: keys of namespaces begin so. */
    public static final String NAMESPACE = "namespace/";
    /** Policies: keys of runtime policies begin so. */
    public static final String RUNTIME = "runtime/";
    /** Models: keys of those that jobs shall score with begin so. */
    public static final String ACTIVE_MODELS = "models/active/";

    private static final String RULE_BUNDLE = RULES + "bundle/";
    private static final String PATTERN_BUNDLE = PATTERNS + "bundle/";
    private static final String CHUNK = "chunk/";

    private Keys() {}

    /** Events: the pod's UID, or {@code node:<name>} for processes outside any pod. */
    public static String events(EventBatch batch) {
        return events(batch.getPodUid(), batch.getNode());
    }

    /** As {@link #events(EventBatch)}. */
    public static String events(String podUid, String node) {
        return podUid.isEmpty() ? "node:" + node : podUid;
    }

    /** Signals and risk: {@code cluster/namespace/kind/name}; none of the parts can hold a slash in Kubernetes. */
    public static String workload(WorkloadRef workload) {
        return workload.getCluster() + '/' + workload.getNamespace() + '/' + workload.getKind() + '/'
                + workload.getName();
    }

    /**
     * Risk: of a workload its {@link #workload} key; else {@code pod/<uid>}, {@code node/<cluster>/<name>},
     * {@code image/<cluster>/<image>}, {@code namespace/<cluster>/<name>}.
     */
    public static String risk(RiskScore score) {
        WorkloadRef of = score.getWorkload();
        return switch (score.getEntity()) {
            case POD -> pod(score.getPodUid());
            case NODE, IMAGE, NAMESPACE -> group(score.getEntity(), of.getCluster(), of.getName());
            default -> workload(of);
        };
    }

    /** As {@link #risk}, of a pod. */
    public static String pod(String uid) {
        return "pod/" + uid;
    }

    /** As {@link #risk}, of a node, an image or a namespace. */
    public static String group(RiskEntity entity, String cluster, String name) {
        return entity.name().toLowerCase(Locale.ROOT) + '/' + cluster + '/' + name;
    }

    /** Intel: {@code feed/<name>}. */
    public static String feed(String name) {
        return FEED + name;
    }

    /** Intel: {@code chunk/<feed>/<slot>/<number>}. */
    public static String chunk(String feed, int slot, int number) {
        return CHUNK + feed + '/' + slot + '/' + number;
    }

    /**
     * Decisions and their audit: {@code quarantine/<workload>} for a workload's new pods, else
     * {@code podUid/containerId}, with {@code /operator} behind it for a person's; the
     * container part is empty for the whole pod, the pod part where the pod is not known.
     */
    public static String decision(Decision decision) {
        if (DecisionCheck.isOfWorkload(decision)) {
            return QUARANTINE + workload(decision.getWorkload());
        }
        return decision.getPodUid() + '/' + decision.getContainerId()
                + (decision.getRequestedBy().isEmpty() ? "" : "/operator");
    }

    /** Policies: {@code rules/bundle/<digest>}, a bundle that a rollback can go back to. */
    public static String ruleBundle(String digest) {
        return RULE_BUNDLE + digest;
    }

    /** Whether a key of policies is one of {@link #ruleBundle}. */
    public static boolean isRuleBundle(String key) {
        return key.startsWith(RULE_BUNDLE);
    }

    /** Policies: {@code patterns/bundle/<digest>}, a bundle that a rollback can go back to. */
    public static String patternBundle(String digest) {
        return PATTERN_BUNDLE + digest;
    }

    /** Whether a key of policies is one of {@link #patternBundle}. */
    public static boolean isPatternBundle(String key) {
        return key.startsWith(PATTERN_BUNDLE);
    }

    /** Models: {@code models/active/<name>/<workload>}; the workload, with its own slashes, is empty for all of them. */
    public static String activeModel(String name, String workload) {
        return ACTIVE_MODELS + name + '/' + workload;
    }

    /** Models: {@code models/version/<digest>}, one that a rollback can go back to. */
    public static String modelVersion(String digest) {
        return "models/version/" + digest;
    }

    /** Rule status: {@code job/subtask}. */
    public static String ruleStatus(RuleStatus status) {
        return status.getJob() + '/' + status.getSubtask();
    }

    /** Profiles: {@code workload@image}. */
    public static String profile(Profile profile) {
        return workload(profile.getWorkload()) + '@' + profile.getImage();
    }

    /** Policies: {@code profile/<workload>}. */
    public static String profilePolicy(WorkloadRef workload) {
        return PROFILE + workload(workload);
    }

    /** Policies: {@code admission/<cluster>/<name>}. */
    public static String admissionPolicy(String cluster, String name) {
        return ADMISSION + cluster + '/' + name;
    }

    /** Policies: {@code runtime/<cluster>/<namespace>/<name>}. */
    public static String runtimePolicy(String cluster, String namespace, String name) {
        return runtimePolicies(cluster) + namespace + '/' + name;
    }

    /** Policies: how the keys of a cluster's runtime policies begin. */
    public static String runtimePolicies(String cluster) {
        return RUNTIME + cluster + '/';
    }

    /** Policies: {@code exception/<cluster>/<name>}. */
    public static String checkException(String cluster, String name) {
        return EXCEPTION + cluster + '/' + name;
    }

    /** Policies: {@code namespace/<cluster>/<name>}. */
    public static String namespace(String cluster, String name) {
        return NAMESPACE + cluster + '/' + name;
    }

    /** Dead letters: {@code topic/partition/offset} of the record, the same whoever could not use it. */
    public static String deadLetter(DeadLetter letter) {
        return letter.getTopic() + '/' + letter.getPartition() + '/' + letter.getOffset();
    }

    public static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
