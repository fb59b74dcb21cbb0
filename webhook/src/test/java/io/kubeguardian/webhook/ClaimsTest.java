package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.schema.Keys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimsTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "system:serviceaccount:kube-system:replicaset-controller, true",
        "system:kube-controller-manager,                          true",
        "system:serviceaccount:shop:replicaset-controller,        false",
        "system:serviceaccount:kube-system:default,               false",
        "jane,                                                    false",
    })
    void aPodIsADeploymentsWhenItsControllerMadeIt(String user, boolean holds) {
        AdmissionRequest request = by(user, Reviews.tree("pod-create-by-replicaset.json"));

        assertThat(Claims.hold(request, Reviews.ORDERS)).isEqualTo(holds);
    }

    @Test
    void whatStandsForItselfNeedsNoController() throws Exception {
        ObjectNode bare = Reviews.tree("pod-create-by-replicaset.json");
        bare.withObject("/request/object/metadata").remove("ownerReferences");
        AdmissionRequest pod = by("jane", bare);
        AdmissionRequest deployment = by("jane", Reviews.tree("deployment-update-image.json"));

        assertThat(Claims.hold(pod, Keys.workload(Workloads.of("prod", pod)))).isTrue();
        assertThat(Claims.hold(deployment, Reviews.ORDERS)).isTrue();
    }

    @Test
    void noPodStandsForAnotherAndPodsOfUnknownControllersAreBelieved() {
        AdmissionRequest request = by("jane", Reviews.tree("pod-create-by-replicaset.json"));

        assertThat(Claims.hold(request, "prod/shop/Pod/another")).isFalse();
        assertThat(Claims.hold(request, "prod/shop/Cluster/database")).isTrue();
    }

    private static AdmissionRequest by(String user, ObjectNode review) {
        review.withObject("/request/userInfo").put("username", user);
        return Reviews.request(review);
    }
}
