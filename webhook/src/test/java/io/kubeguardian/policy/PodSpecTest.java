package io.kubeguardian.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodSpecTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''    | Pod                   | spec: {containers: []}                                            | spec",
        "''    | ReplicationController | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "apps  | Deployment            | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "apps  | StatefulSet           | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "apps  | DaemonSet             | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "apps  | ReplicaSet            | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "batch | Job                   | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "batch | CronJob               | spec: {jobTemplate: {spec: {template: {spec: {containers: []}}}}} | spec.jobTemplate.spec.template.spec",
    })
    void everyKindThatMakesPodsHoldsASpecification(String group, String kind, String yaml, String path)
            throws Exception {
        JsonNode object = YAML.readTree(yaml);

        PodSpec pod = PodSpec.of(group, kind, object).orElseThrow();

        assertThat(pod.path()).isEqualTo(path);
        assertThat(pod.spec().has("containers")).isTrue();
        assertThat(PodSpec.isHeldBy(group, kind)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"'', ConfigMap", "'', Service", "example.org, Deployment", "apps, Pod", "apps, ControllerRevision"})
    void otherKindsHoldNone(String group, String kind) throws Exception {
        assertThat(PodSpec.of(group, kind, YAML.readTree("spec: 7"))).isEmpty();
        assertThat(PodSpec.isHeldBy(group, kind)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                          | spec is missing",
        "spec: {}                    | spec.template is missing",
        "spec: {template: null}      | spec.template is missing",
        "spec: {template: [1]}       | spec.template is of type array, must be an object",
        "spec: {template: {spec: 7}} | spec.template.spec is of type number, must be an object",
    })
    void anObjectWithoutItsSpecificationIsInvalid(String yaml, String expected) throws Exception {
        JsonNode object = YAML.readTree(yaml);

        assertThatThrownBy(() -> PodSpec.of("apps", "Deployment", object))
                .isInstanceOf(InvalidObjectException.class).hasMessage(expected);
    }

    @Test
    void privilegedContainersOfEveryListAreFoundByPath() throws Exception {
        PodSpec pod = PodSpec.of("", "Pod", YAML.readTree("""
                spec:
                  initContainers:
                  - {name: i, securityContext: {privileged: true}}
                  containers:
                  - {name: a}
                  - {name: b, securityContext: {privileged: false}}
                  - {name: c, securityContext: {privileged: true}}
                  - {name: d, securityContext: {privileged: null}}
                  - {name: e, securityContext: null}
                  ephemeralContainers:
                  - {name: f, securityContext: {privileged: true}}
                """)).orElseThrow();

        List<Finding> findings = new PrivilegedContainers().check(pod);

        assertThat(findings).extracting(Finding::path).containsExactly(
                "spec.initContainers[0].securityContext.privileged",
                "spec.containers[2].securityContext.privileged",
                "spec.ephemeralContainers[0].securityContext.privileged");
        assertThat(findings).allSatisfy(f -> {
            assertThat(f.id()).isEqualTo("privileged-container");
            assertThat(f.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(f.remediation()).contains("false");
        });
    }
}
