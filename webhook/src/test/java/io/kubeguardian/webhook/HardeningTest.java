package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.zjsonpatch.JsonPatch;
import io.kubeguardian.config.HardeningPart;
import io.kubeguardian.policy.Engine;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Framework;
import io.kubeguardian.policy.JsonPatches;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodSecurity;
import io.kubeguardian.policy.PodTemplates;
import io.kubeguardian.policy.manifest.ManifestReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HardeningTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Hardening ALL = new Hardening(List.of(HardeningPart.values()));

    @Test
    void everyPodOfKubernetesOwnTestsStaysAPodKeepsItsLevelAndIsChangedOnce() throws IOException {
        Path fixtures = Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                .map(path -> path.resolve("shared/data/pod-security")).filter(Files::isDirectory).findFirst().orElse(null);
        assumeThat(fixtures).as("shared/data/pod-security: the upstream fixtures are not part of this project").isNotNull();
        List<String> wrong = new ArrayList<>();
        int changed = 0;
        try (Stream<Path> files = Files.walk(fixtures)) {
            for (Path file : (Iterable<Path>) files.filter(path -> path.toString().endsWith(".yaml"))::iterator) {
                Manifest pod = manifest(Files.readString(file));
                List<Fix> fixes = ALL.fixes(pod, false);
                JsonNode patched = JsonPatch.apply(JsonPatches.of(pod.root(), fixes), pod.root().toJson());
                Manifest hardened = Manifest.of(Node.of(patched), PodTemplates.OWN).orElseThrow();
                changed += fixes.isEmpty() ? 0 : 1;

                Path place = fixtures.relativize(file);
                int minor = Integer.parseInt(place.getName(1).toString().substring(3));
                Engine level = new Engine(PodSecurity.checks(place.getName(0).toString().equals("restricted")
                        ? Framework.PSS_RESTRICTED : Framework.PSS_BASELINE, minor));
                if (place.getName(2).toString().equals("pass") && !level.evaluate(hardened).isEmpty()
                        || level.evaluate(hardened).size() > level.evaluate(pod).size()) {
                    wrong.add(place + " is judged worse than before");
                }
                if (!ALL.fixes(hardened, false).isEmpty()) {
                    wrong.add(place + " is changed again: " + ALL.fixes(hardened, false));
                }
                whatTheApiServerRefuses(patched).forEach(problem -> wrong.add(place + " " + problem));
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(changed).isGreaterThan(3900);
    }

    /** The typed model has no place for what is not in the API; of the rest, what validation forbids side by side. */
    private static List<String> whatTheApiServerRefuses(JsonNode json) throws IOException {
        Pod pod = JSON.treeToValue(json, Pod.class);
        List<String> problems = new ArrayList<>();
        List<Container> containers = new ArrayList<>(pod.getSpec().getContainers());
        containers.addAll(pod.getSpec().getInitContainers());
        boolean windows = pod.getSpec().getOs() != null && pod.getSpec().getOs().getName().equals("windows");
        if (windows && pod.getSpec().getSecurityContext() != null
                && pod.getSpec().getSecurityContext().getSeccompProfile() != null
                && json.at("/spec/securityContext/seccompProfile/type").asText().equals("RuntimeDefault")) {
            problems.add("has seccomp on Windows");
        }
        for (Container container : containers) {
            var context = container.getSecurityContext();
            if (context == null) {
                continue;
            }
            if (!context.getAdditionalProperties().isEmpty()) {
                problems.add("has fields that there are not: " + context.getAdditionalProperties());
            }
            boolean gains = Boolean.TRUE.equals(context.getPrivileged()) || context.getCapabilities() != null
                    && context.getCapabilities().getAdd().stream().anyMatch(add -> add.contains("SYS_ADMIN"));
            if (gains && Boolean.FALSE.equals(context.getAllowPrivilegeEscalation())) {
                problems.add("forbids the escalation that it has");
            }
        }
        return problems;
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(delimiter = '|', value = {
        "SECCOMP        | {containers: [{name: a}]}                                                  | add /spec/securityContext {}; add /spec/securityContext/seccompProfile {}; add /spec/securityContext/seccompProfile/type \"RuntimeDefault\"",
        "SECCOMP        | {securityContext: {seccompProfile: {type: Unconfined}}, containers: [{name: a}]} | ''",
        "SECCOMP        | {os: {name: windows}, containers: [{name: a}]}                             | ''",
        "ESCALATION     | {containers: [{name: a, securityContext: {}}]}                             | add /spec/containers/0/securityContext/allowPrivilegeEscalation false",
        "ESCALATION     | {containers: [{name: a, securityContext: {privileged: true}}]}             | ''",
        "ESCALATION     | {containers: [{name: a, securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}}}]} | ''",
        "CAPABILITIES   | {containers: [{name: a, securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}}]} | add /spec/containers/0/securityContext/capabilities/drop [\"ALL\"]",
        "CAPABILITIES   | {containers: [{name: a, securityContext: {capabilities: {drop: [NET_RAW]}}}]} | ''",
        "CAPABILITIES   | {containers: [{name: a, securityContext: {capabilities: {add: [ALL]}}}]}      | ''",
        "READ_ONLY_ROOT | {nodeSelector: {kubernetes.io/os: windows}, containers: [{name: a}]}          | ''",
        "SECCOMP        | {securityContext: {windowsOptions: {hostProcess: true}}, containers: [{name: a}]} | ''",
        "NON_ROOT       | {containers: [{name: a}]}                                                  | ''",
        "NON_ROOT       | {containers: [{name: a, securityContext: {runAsUser: 0}}]}                 | ''",
        "NON_ROOT       | {securityContext: {runAsUser: 1000}, containers: [{name: a, securityContext: {}}]} | add /spec/containers/0/securityContext/runAsNonRoot true",
        "NON_ROOT       | {securityContext: {runAsUser: 1000, runAsNonRoot: false}, containers: [{name: a}]} | ''",
        "READ_ONLY_ROOT | {containers: [{name: a, securityContext: {}}]}                             | add /spec/containers/0/securityContext/readOnlyRootFilesystem true",
        "TOKEN          | {serviceAccountName: default, containers: [{name: a}]}                     | add /spec/automountServiceAccountToken false",
        "TOKEN          | {serviceAccountName: api, containers: [{name: a}]}                         | ''",
        "TOKEN          | {automountServiceAccountToken: true, containers: [{name: a}]}              | ''",
        "TOKEN          | {volumes: [{name: v}, {name: kube-api-access-x7}], containers: [{name: a, volumeMounts: [{name: kube-api-access-x7}]}]} | add /spec/automountServiceAccountToken false; replace /spec/volumes [{\"name\":\"v\"}]; replace /spec/containers/0/volumeMounts []",
    })
    void eachPartFillsInWhatIsLeftOpenAndNothingElse(HardeningPart part, String spec, String expected) {
        Manifest pod = manifest("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: " + spec + "}");

        List<Fix> fixes = new Hardening(List.of(part)).fixes(pod, false);

        List<String> operations = new ArrayList<>();
        JsonPatches.of(pod.root(), fixes).forEach(one -> operations.add(one.get("op").asText() + ' '
                + one.get("path").asText() + ' ' + one.get("value")));
        assertThat(String.join("; ", operations)).isEqualTo(expected);
    }

    @Test
    void anEphemeralContainerIsHardenedAndTheRunningOnesAreLeftAlone() {
        Manifest pod = manifest("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a}],"
                + " ephemeralContainers: [{name: e}]}}");

        List<Fix> fixes = ALL.fixes(pod, true);

        assertThat(fixes).isNotEmpty().allMatch(fix -> fix.path().get(1).equals("ephemeralContainers"));
        assertThat(ALL.fixes(pod, false)).noneMatch(fix -> fix.path().contains("ephemeralContainers"));
    }

    private static Manifest manifest(String yaml) {
        return Manifest.of(new ManifestReader().read(yaml).documents().getFirst().root(), PodTemplates.OWN).orElseThrow();
    }
}
