package io.kubeguardian.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.policy.manifest.ManifestReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodSpecTest {
    private static Node yaml(String text) {
        return new ManifestReader().read(text).documents().getFirst().root();
    }

    private static Manifest manifest(String group, String kind, String yaml) {
        return Manifest.of(group, "v1", kind, yaml(yaml), PodTemplates.KNOWN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''    | Pod                   | spec: {containers: []}                                            | spec",
        "''    | PodTemplate           | template: {spec: {containers: []}}                                | template.spec",
        "''    | ReplicationController | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "apps  | Deployment            | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "apps  | StatefulSet           | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "apps  | DaemonSet             | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "apps  | ReplicaSet            | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "batch | Job                   | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
        "batch | CronJob               | spec: {jobTemplate: {spec: {template: {spec: {containers: []}}}}} | spec.jobTemplate.spec.template.spec",
        "argoproj.io | Rollout         | spec: {template: {spec: {containers: []}}}                        | spec.template.spec",
    })
    void everyKindThatMakesPodsHoldsASpecification(String group, String kind, String yaml, String path) {
        PodSpec pod = manifest(group, kind, yaml).pod();

        assertThat(pod.path("")).isEqualTo(path);
        assertThat(pod.spec().has("containers")).isTrue();
        assertThat(PodTemplates.KNOWN.hold(group, kind)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"'', ConfigMap", "'', Service", "example.org, Deployment", "apps, Pod", "apps, ControllerRevision"})
    void otherKindsHoldNone(String group, String kind) {
        assertThat(manifest(group, kind, "spec: 7").pod()).isNull();
        assertThat(PodTemplates.KNOWN.hold(group, kind)).isFalse();
    }

    @Test
    void aKindOfOthersHoldsOneWhereConfigurationSaysSo() {
        PodTemplates templates = new PodTemplates(Map.of("example.org/Farm", List.of("spec", "worker")));

        Manifest farm = Manifest.of("example.org", "v1", "Farm",
                yaml("spec: {worker: {spec: {hostPID: true}}}"), templates);

        assertThat(farm.pod().path("hostPID")).isEqualTo("spec.worker.spec.hostPID");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                                               | spec is missing",
        "spec: {}                                         | spec.template is missing",
        "spec: {template: null}                           | spec.template is missing",
        "spec: {template: [1]}                            | spec.template is of type array, must be an object",
        "spec: {template: {spec: 7}}                      | spec.template.spec is of type number, must be an object",
        "spec: {template: {spec: {hostPID: 'yes'}}}       | spec.template.spec.hostPID is of type string, must be true or false",
        "spec: {template: {spec: {containers: [x]}}}      | spec.template.spec.containers[0] must be an object",
        "spec: {template: {spec: {containers: [{args: [1]}]}}} | spec.template.spec.containers[0].args[0] must be a string",
    })
    void anObjectThatKubernetesWouldRefuseIsInvalid(String yaml, String expected) {
        Manifest manifest = manifest("apps", "Deployment", yaml);

        assertThatThrownBy(() -> PodShape.require(manifest, PodTemplates.OWN))
                .isInstanceOf(InvalidObjectException.class).hasMessage(expected);
    }

    @Test
    void privilegedContainersOfEveryListAreFoundByPath() {
        Manifest manifest = manifest("", "Pod", """
                spec:
                  initContainers:
                  - {name: i, securityContext: {privileged: true}}
                  containers:
                  - {name: a}
                  - {name: b, securityContext: {privileged: false}}
                  - {name: c, securityContext: {privileged: yes}}
                  - {name: d, securityContext: {privileged: null}}
                  - {name: e, securityContext: null}
                  ephemeralContainers:
                  - {name: f, securityContext: {privileged: true}}
                """);

        List<Finding> findings = new Engine(List.of(BuiltInChecks.byId("privileged-container"))).evaluate(manifest);

        assertThat(findings).extracting(Finding::path).containsExactly(
                "spec.initContainers[0].securityContext.privileged",
                "spec.containers[2].securityContext.privileged",
                "spec.ephemeralContainers[0].securityContext.privileged");
        assertThat(findings).extracting(Finding::line).containsExactly(3, 7, 11);
        assertThat(findings).allSatisfy(f -> {
            assertThat(f.id()).isEqualTo("privileged-container");
            assertThat(f.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(f.remediation()).contains("false");
        });
    }
}
