package io.kubeguardian.cli.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.WorkloadRef;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The workload that the demo attacks: Deployment shop/orders. There is no API server on this machine, so what it
 * would say of the pod (its metadata, and the AdmissionReview of the workload's next pod) is made here.
 *
 * @param podUid as in the cgroup's name
 * @param containerId 64 hexadecimal digits, as in the cgroup's name
 */
record DemoWorkload(String cluster, String podUid, String containerId) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAMESPACE = "shop";
    private static final String DEPLOYMENT = "orders";
    private static final String TEMPLATE_HASH = "7d9c5b6f4";
    private static final String IMAGE = "registry.example/shop/orders:1.4.2";

    static DemoWorkload create(String cluster) {
        byte[] id = new byte[32];
        new SecureRandom().nextBytes(id);
        return new DemoWorkload(cluster, UUID.randomUUID().toString(), HexFormat.of().formatHex(id));
    }

    static DemoWorkload of(PodMetadata pod) {
        return new DemoWorkload(pod.getCluster(), pod.getUid(), pod.getContainers().getFirst().getId());
    }

    WorkloadRef ref() {
        return new WorkloadRef(cluster, NAMESPACE, "Deployment", DEPLOYMENT);
    }

    PodMetadata metadata(String node) {
        return new PodMetadata(cluster, podUid, NAMESPACE, podName("x2x9k"), node, "Deployment", DEPLOYMENT,
                "default", Map.of("app", DEPLOYMENT, "pod-template-hash", TEMPLATE_HASH),
                List.of(new ContainerMetadata(containerId, DEPLOYMENT, IMAGE, "", false, 0L)), false,
                System.currentTimeMillis(), false, false, false);
    }

    /** What the API server would ask the webhook when the workload's ReplicaSet creates its next pod. */
    ObjectNode nextPodReview() {
        ObjectNode review = JSON.createObjectNode();
        review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request");
        request.put("uid", UUID.randomUUID().toString());
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        request.putObject("resource").put("group", "").put("version", "v1").put("resource", "pods");
        request.put("namespace", NAMESPACE).put("operation", "CREATE").put("dryRun", false);
        request.putObject("userInfo").put("username", "system:serviceaccount:kube-system:replicaset-controller");
        request.putNull("oldObject");
        ObjectNode pod = request.putObject("object");
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata");
        metadata.put("generateName", DEPLOYMENT + '-' + TEMPLATE_HASH + '-').put("namespace", NAMESPACE);
        metadata.putObject("labels").put("app", DEPLOYMENT).put("pod-template-hash", TEMPLATE_HASH);
        metadata.putArray("ownerReferences").addObject()
                .put("apiVersion", "apps/v1").put("kind", "ReplicaSet").put("name", DEPLOYMENT + '-' + TEMPLATE_HASH)
                .put("uid", UUID.randomUUID().toString()).put("controller", true).put("blockOwnerDeletion", true);
        ObjectNode spec = pod.putObject("spec");
        spec.put("serviceAccountName", "default");
        ObjectNode container = spec.putArray("containers").addObject();
        container.put("name", DEPLOYMENT).put("image", IMAGE);
        container.putObject("securityContext").put("allowPrivilegeEscalation", false);
        return review;
    }

    private static String podName(String suffix) {
        return DEPLOYMENT + '-' + TEMPLATE_HASH + '-' + suffix;
    }
}
