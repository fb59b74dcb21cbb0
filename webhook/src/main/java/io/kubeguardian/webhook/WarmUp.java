package io.kubeguardian.webhook;

import io.kubeguardian.policy.InvalidObjectException;
import java.nio.charset.StandardCharsets;

/** Judges a pod some hundred times before the first request does: a JVM that has compiled nothing yet would miss its budget. */
final class WarmUp {
    private static final int TIMES = 300;
    private static final byte[] REVIEW = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "warm-up",
             "kind": {"group": "", "version": "v1", "kind": "Pod"}, "namespace": "warm-up", "operation": "CREATE",
             "userInfo": {"username": "warm-up"}, "object": {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "warm-up", "namespace": "warm-up", "labels": {"app": "warm-up", "pod-template-hash": "1"},
              "ownerReferences": [{"kind": "ReplicaSet", "name": "warm-up-1", "controller": true}]},
             "spec": {"serviceAccountName": "warm-up", "volumes": [{"name": "data", "hostPath": {"path": "/"}}],
              "containers": [{"name": "a", "image": "warm-up", "args": ["--password=warm-up"],
               "env": [{"name": "TOKEN", "value": "warm-up"}], "ports": [{"containerPort": 80, "hostPort": 80}],
               "resources": {"limits": {"memory": "1Mi"}},
               "securityContext": {"privileged": true, "capabilities": {"add": ["SYS_ADMIN"]}}}]}}}}
            """.getBytes(StandardCharsets.UTF_8);

    private WarmUp() {}

    /** @param judges of their own, so that nothing of it shows and nobody is asked */
    static void run(Judge... judges) {
        try {
            for (int i = 0; i < TIMES; i++) {
                AdmissionRequest request = AdmissionReviewReader.read(REVIEW);
                for (Judge judge : judges) {
                    judge.judge(request, i);
                }
            }
        } catch (InvalidReviewException | InvalidObjectException e) {
            throw new IllegalStateException("the review for warming up is none", e);
        }
    }
}
