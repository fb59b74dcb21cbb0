package io.kubeguardian.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which kinds hold a pod specification, and where. Kubernetes API reference v1.34, "Workload Resources", their older API
 * groups, and the kinds of others that are met most; more by configuration.
 */
public final class PodTemplates {
    private static final List<Object> TEMPLATE = List.of("spec", "template");
    private static final List<Object> JOB_TEMPLATE = List.of("spec", "jobTemplate", "spec", "template");

    /** Kubernetes' own kinds. */
    public static final PodTemplates OWN = new PodTemplates();
    /** Those, and the kinds of others that are met most. */
    public static final PodTemplates KNOWN = new PodTemplates(Map.of());

    private final Map<String, List<Object>> ways = new HashMap<>();

    private PodTemplates() {
        ways.put("/Pod", List.of());
        ways.put("/PodTemplate", List.of("template"));
        ways.put("/ReplicationController", TEMPLATE);
        for (String group : List.of("apps", "extensions")) {
            for (String kind : List.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")) {
                ways.put(group + '/' + kind, TEMPLATE);
            }
        }
        ways.put("batch/Job", TEMPLATE);
        ways.put("batch/CronJob", JOB_TEMPLATE);
    }

    /** @param more {@code group/Kind} to the way to the pod template, the object that holds {@code spec} */
    public PodTemplates(Map<String, List<Object>> more) {
        this();
        ways.put("argoproj.io/Rollout", TEMPLATE);
        ways.put("serving.knative.dev/Service", TEMPLATE);
        ways.put("serving.knative.dev/Configuration", TEMPLATE);
        ways.put("apps.openshift.io/DeploymentConfig", TEMPLATE);
        ways.putAll(more);
    }

    /** Whether objects of this group (empty for the core group) and kind hold a pod specification. */
    public boolean hold(String group, String kind) {
        return ways.containsKey(group + '/' + kind);
    }

    /** The way to what pods are made from; null for kinds that hold none. */
    List<Object> way(String group, String kind) {
        return ways.get(group + '/' + kind);
    }
}
