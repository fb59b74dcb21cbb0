package io.kubeguardian.webhook;

import io.kubeguardian.policy.Fields;
import io.kubeguardian.policy.InvalidObjectException;
import java.util.Set;

/**
 * Whether an object is the workload's that it says. Owner references are claims of whoever creates it: for risk they are
 * believed, as a claim brings nothing but somebody else's denials; what stays behind, a posture, would take the place of that of
 * the other workload. Kubernetes' own controllers act under accounts of {@code kube-system} (pkg/controller names;
 * {@code --use-service-account-credentials}), or all under that of their process.
 */
final class Claims {
    private static final String ACCOUNTS = "system:serviceaccount:kube-system:";
    private static final String PROCESS = "system:kube-controller-manager";
    private static final Set<String> CONTROLLERS = Set.of("deployment-controller", "replicaset-controller",
            "statefulset-controller", "daemon-set-controller", "replication-controller", "job-controller", "cronjob-controller");
    /** Made by these controllers alone; of other kinds nobody here knows who makes their pods. */
    private static final Set<String> KINDS = Set.of("Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet",
            "ReplicationController", "Job", "CronJob");

    private Claims() {}

    /** @param workload key of the one that the object is said to be of */
    static boolean hold(AdmissionRequest request, String workload) {
        String[] parts = workload.split("/", 4);
        return !KINDS.contains(parts[2]) || isItself(request, parts[2], parts[3]) || isByController(request.user());
    }

    private static boolean isItself(AdmissionRequest request, String kind, String name) {
        try {
            return request.kind().equals(kind)
                    && Workloads.name(request, Fields.object(request.object(), "", "metadata")).equals(name);
        } catch (InvalidObjectException e) {
            return false;
        }
    }

    private static boolean isByController(String user) {
        return user.equals(PROCESS)
                || user.startsWith(ACCOUNTS) && CONTROLLERS.contains(user.substring(ACCOUNTS.length()));
    }
}
