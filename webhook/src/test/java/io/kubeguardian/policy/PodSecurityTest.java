package io.kubeguardian.policy;

import io.kubeguardian.policy.manifest.ManifestReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

class PodSecurityTest {
    private static List<Finding> judge(Framework level, int minor, String yaml) {
        Node root = new ManifestReader().read(yaml).documents().getFirst().root();
        Manifest manifest = Manifest.of(root, PodTemplates.KNOWN).orElseThrow();
        return new Engine(PodSecurity.checks(level, minor)).evaluate(manifest);
    }

    @Test
    void everyPodOfKubernetesOwnTestsIsJudgedAsKubernetesJudgesIt() throws IOException {
        Path fixtures = Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                .map(path -> path.resolve("shared/data/pod-security")).filter(Files::isDirectory).findFirst().orElse(null);
        assumeThat(fixtures).as("shared/data/pod-security: the upstream fixtures are not part of this project").isNotNull();
        List<String> wrong = new ArrayList<>();
        int judged = 0;
        try (Stream<Path> files = Files.walk(fixtures)) {
            for (Path file : (Iterable<Path>) files.filter(path -> path.toString().endsWith(".yaml"))::iterator) {
                Path place = fixtures.relativize(file);
                Framework level = place.getName(0).toString().equals("restricted")
                        ? Framework.PSS_RESTRICTED : Framework.PSS_BASELINE;
                int minor = Integer.parseInt(place.getName(1).toString().substring(3));
                boolean passes = judge(level, minor, Files.readString(file)).isEmpty();
                judged++;
                if (passes != place.getName(2).toString().equals("pass")) {
                    wrong.add(place.toString());
                }
            }
        }

        assertThat(judged).isGreaterThan(3900);
        assertThat(wrong).isEmpty();
    }

    /** What the fixtures do not reach: each line a field of a pod that is fine otherwise. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // level    | minor | of the pod                                  | of the container                                         | allowed
        "baseline   | 33 | {}                                             | livenessProbe: {httpGet: {host: 10.0.0.1, port: 80}}      | true",
        "baseline   | 34 | {}                                             | livenessProbe: {httpGet: {host: 10.0.0.1, port: 80}}      | false",
        "baseline   | 34 | {}                                             | livenessProbe: {httpGet: {host: '', port: 80}}            | true",
        "baseline   | 34 | {}                                             | lifecycle: {preStop: {tcpSocket: {host: localhost}}}      | false",
        "baseline   | 99 | {}                                             | readinessProbe: {tcpSocket: {host: 127.0.0.1}}            | false",
        "baseline   | 34 | hostUsers: false                               | securityContext: {procMount: Unmasked}                    | false",
        "baseline   | 35 | hostUsers: false                               | securityContext: {procMount: Unmasked}                    | true",
        "baseline   | 35 | hostUsers: true                                | securityContext: {procMount: Unmasked}                    | false",
        "restricted | 35 | hostUsers: false                               | securityContext: {procMount: Unmasked}                    | false",
        "restricted | 34 | {hostUsers: false, securityContext: {runAsNonRoot: false}} | {}                                            | false",
        "restricted | 35 | {hostUsers: false, securityContext: {runAsNonRoot: false}} | {}                                            | true",
        "restricted | 34 | {hostUsers: false, securityContext: {runAsUser: 0, runAsNonRoot: true}} | {}                              | false",
        "restricted | 35 | {hostUsers: false, securityContext: {runAsUser: 0, runAsNonRoot: true}} | {}                              | true",
        "baseline   | 30 | {}                                             | securityContext: {seLinuxOptions: {type: container_engine_t}} | false",
        "baseline   | 31 | {}                                             | securityContext: {seLinuxOptions: {type: container_engine_t}} | true",
        "baseline   | 31 | {}                                             | securityContext: {appArmorProfile: {type: Unconfined}}    | false",
        "baseline   | 31 | {}                                             | securityContext: {appArmorProfile: {}}                    | false",
        "baseline   | 31 | {}                                             | securityContext: {appArmorProfile: {type: Localhost}}     | true",
        "baseline   | 31 | {}                                             | securityContext: {seccompProfile: {}}                     | false",
        "baseline   | 31 | volumes: [{name: a, hostPath: null, emptyDir: {}}] | {}                                                    | true",
        "baseline   | 31 | volumes: [{name: a, hostPath: {}}]             | {}                                                        | false",
        "restricted | 33 | volumes: [{name: a, image: {reference: x}}]    | {}                                                        | true",
        "restricted | 33 | volumes: [{name: a, gitRepo: {repository: x}}] | {}                                                        | false",
        "restricted | 24 | os: {name: windows}                            | securityContext: {capabilities: {drop: []}}               | false",
        "restricted | 25 | os: {name: windows}                            | securityContext: {capabilities: {drop: [], add: [SYS_ADMIN]}} | true",
        "baseline   | 25 | os: {name: windows}                            | securityContext: {capabilities: {add: [SYS_ADMIN]}}       | false",
        "restricted | 33 | securityContext: {runAsUser: 0x0, runAsNonRoot: true} | {}                                                 | false",
        "baseline   | 33 | hostNetwork: yes                               | {}                                                        | false",
        "baseline   | 33 | hostNetwork: 'true'                            | {}                                                        | true",
    })
    void everyVersionAsksItsOwn(String level, int minor, String ofPod, String ofContainer, boolean allowed) {
        Framework framework = level.equals("restricted") ? Framework.PSS_RESTRICTED : Framework.PSS_BASELINE;

        List<Finding> findings = judge(framework, minor, pod(ofPod, ofContainer));

        assertThat(findings.isEmpty()).as(findings.toString()).isEqualTo(allowed);
    }

    @Test
    void ephemeralContainersAndTemplatesOfEveryKindAreJudged() {
        String pod = """
                apiVersion: batch/v1
                kind: CronJob
                spec:
                  jobTemplate:
                    spec:
                      template:
                        metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/a: unconfined}}
                        spec:
                          containers: [{name: a, image: a}]
                          ephemeralContainers: [{name: b, image: b, securityContext: {privileged: true}}]
                """;

        List<Finding> findings = judge(Framework.PSS_BASELINE, 33, pod);

        assertThat(findings).extracting(Finding::path).containsExactlyInAnyOrder(
                "spec.jobTemplate.spec.template.spec.ephemeralContainers[0].securityContext.privileged",
                "spec.jobTemplate.spec.template.metadata.annotations"
                        + "['container.apparmor.security.beta.kubernetes.io/a']");
    }

    /** A pod that keeps to the restricted level, with one thing laid over its specification and one over its container. */
    private static String pod(String ofPod, String ofContainer) {
        Node over = yaml(ofPod);
        Node overContainer = yaml(ofContainer);
        Node container = merged(yaml("{name: a, image: a, securityContext: {allowPrivilegeEscalation: false,"
                + " capabilities: {drop: [ALL]}}}"), overContainer);
        Node spec = merged(yaml("securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}"), over);
        return "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": "
                + merged(spec, Node.object(Map.of("containers", Node.array(List.of(container), 0)))) + "}";
    }

    private static Node yaml(String text) {
        return new ManifestReader().read(text).documents().getFirst().root();
    }

    private static Node merged(Node base, Node over) {
        Map<String, Node> fields = new LinkedHashMap<>();
        for (int i = 0; i < base.size(); i++) {
            fields.put(base.name(i), base.at(i));
        }
        for (int i = 0; i < over.size(); i++) {
            Node old = fields.get(over.name(i));
            fields.put(over.name(i), old != null && old.isObject() && over.at(i).isObject()
                    ? merged(old, over.at(i)) : over.at(i));
        }
        return Node.object(fields);
    }
}
