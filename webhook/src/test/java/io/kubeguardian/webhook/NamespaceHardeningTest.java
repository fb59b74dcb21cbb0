package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a namespace's label changes of how its pods are hardened. */
class NamespaceHardeningTest {
    private static final String SECCOMP = "seccompProfile";
    private static final String CAPABILITIES = "capabilities";

    @ParameterizedTest(name = "{0} where the settings say {1}")
    @CsvSource({
        "restricted, STRENGTHEN, true,  true",
        "restricted, ANY,        true,  true",
        "restricted, IGNORE,     true,  false",
        "off,        STRENGTHEN, true,  false",
        "off,        IGNORE,     true,  false",
        "off,        ANY,        false, false",
        "Restricted, ANY,        true,  false",
    })
    void theLabelAsksAndTheSettingsLetIt(String label, String setting, boolean seccomp, boolean capabilities) throws Exception {
        String patch = patch(Map.of("HARDEN_LABEL", setting, "HARDEN", "[SECCOMP]"), Map.of(NamespaceHardening.LABEL, label));

        assertThat(patch.contains(SECCOMP)).isEqualTo(seccomp);
        assertThat(patch.contains(CAPABILITIES)).isEqualTo(capabilities);
    }

    @Test
    void whatTheClusterAsksForBesidesStays() throws Exception {
        String patch = patch(Map.of("HARDEN", "[READ_ONLY_ROOT]"), Map.of(NamespaceHardening.LABEL, "restricted"));

        assertThat(patch).contains(SECCOMP, CAPABILITIES, "readOnlyRootFilesystem");
    }

    @Test
    void aNamespaceThatIsNotKnownIsAsTheClusterSays() throws Exception {
        assertThat(patch(Map.of("HARDEN_LABEL", "ANY"), null)).contains(SECCOMP).doesNotContain(CAPABILITIES);
    }

    private static String patch(Map<String, String> settings, Map<String, String> labels) throws Exception {
        PolicySet policies = new PolicySet();
        if (labels != null) {
            policies.namespace("shop", labels);
        }
        ObjectNode review = Reviews.tree("pod-create-by-replicaset.json");
        review.withObject("/request/object/spec").remove("securityContext");
        ((ObjectNode) review.at("/request/object/spec/containers/0")).remove("securityContext");
        Decision decision = new Mutator("prod", 70, Deciders.settings(settings), Deciders.knowledge(workload -> null, policies))
                .mutate(Reviews.request(review), Nanos.of(Reviews.NOW));
        return String.valueOf(decision.patch());
    }
}
