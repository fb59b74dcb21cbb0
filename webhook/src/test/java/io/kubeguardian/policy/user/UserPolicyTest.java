package io.kubeguardian.policy.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.JsonPatches;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodTemplates;
import io.kubeguardian.policy.manifest.ManifestReader;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserPolicyTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 27);
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
              namespace: shop
              labels: {team: front}
            spec:
              replicas: 12
              template:
                metadata:
                  labels: {app: web}
                spec:
                  hostNetwork: true
                  initContainers:
                  - name: init
                    image: registry.example/init:1
                    ports:
                    - containerPort: 80
                    - {containerPort: 81, hostPort: 8081}
                  containers:
                  - name: web
                    image: nginx
                    resources: {limits: {cpu: 2, memory: 64Mi}}
                    securityContext:
                      allowPrivilegeEscalation: true
                      capabilities: {add: [NET_ADMIN]}
                  - name: side
                    image: registry.example/side:latest
                    args: [--port=1]
                    env: [{name: TOKEN, value: topsecret}]
            """;

    private static Manifest manifest(String yaml) {
        return Manifest.of(new ManifestReader().read(yaml.getBytes(StandardCharsets.UTF_8)).documents().get(0).root(),
                PodTemplates.KNOWN).orElseThrow();
    }

    private static UserPolicy policy(String body) throws PolicyException {
        return PolicyReaderTest.read("policies:\n- name: p\n" + body.indent(2)).get(0);
    }

    private static List<Finding> findings(String body, String yaml) throws PolicyException {
        Manifest manifest = manifest(yaml);
        return policy(body).judge(manifest, Request.scanned(manifest.namespace()), TODAY).findings();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "{field: securityContext.allowPrivilegeEscalation, operator: equals, value: true} | 25 | spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation",
        "{field: securityContext.allowPrivilegeEscalation, operator: equals, value: false} | - | -",
        "{field: securityContext.privileged, operator: exists} | - | -",
        "{field: hostNetwork, operator: equals, value: true} | 13 | spec.template.spec.hostNetwork",
        "{field: hostPID, operator: equals, value: true} | - | -",
        "{field: spec.replicas, operator: greaterThan, value: 10} | 8 | spec.replicas",
        "{field: spec.replicas, operator: '>', value: 12} | - | -",
        "{field: resources.limits.cpu, operator: greaterThan, value: 1500m} | 23 | spec.template.spec.containers[0].resources.limits.cpu",
        "{field: resources.limits.memory, operator: lessThan, value: 1Gi} | 23 | spec.template.spec.containers[0].resources.limits.memory",
        "{field: 'ports[*].hostPort', operator: exists} | 19 | spec.template.spec.initContainers[0].ports[1].hostPort",
        "{field: 'ports[*].hostPort', operator: lessOrEqual, value: 1024} | - | -",
        "{field: 'securityContext.capabilities.add[*]', operator: in, value: [NET_ADMIN, SYS_ADMIN]} | 26 | spec.template.spec.containers[0].securityContext.capabilities.add[0]",
        "{field: securityContext.capabilities.add, operator: contains, value: NET_ADMIN} | 26 | spec.template.spec.containers[0].securityContext.capabilities.add",
        "{field: image, operator: endsWith, value: ':latest'} | 28 | spec.template.spec.containers[1].image",
        "{field: image, operator: notMatches, value: '^registry[.]example/'} | 22 | spec.template.spec.containers[0].image",
        "{field: 'args[0]', operator: startsWith, value: --port} | 29 | spec.template.spec.containers[1].args[0]",
        "{field: metadata.labels.team, operator: notIn, value: [front, back]} | - | -",
        "{field: 'metadata.labels[''example.com/owner'']', operator: notExists} | 6 | metadata.labels['example.com/owner']",
        "{field: metadata.labels.app, operator: equals, value: web} | 11 | spec.template.metadata.labels.app",
        "{field: 'env[*].name', operator: equals, value: TOKEN} | 30 | spec.template.spec.containers[1].env[0].name",
    })
    void judgesAndPlaces(String condition, Integer line, String path) throws Exception {
        List<Finding> findings = findings("conditions:\n- " + condition, DEPLOYMENT);

        if (path == null) {
            assertThat(findings).isEmpty();
        } else {
            assertThat(findings).singleElement().satisfies(finding -> {
                assertThat(finding.path()).isEqualTo(path);
                assertThat(finding.line()).isEqualTo(line);
            });
        }
    }

    @Test
    void aFieldOfThePodIsToldOnceForAllItsContainers() throws Exception {
        assertThat(findings("conditions: [{field: hostNetwork, operator: exists}]", DEPLOYMENT)).hasSize(1);
        assertThat(findings("conditions: [{field: imagePullPolicy, operator: notExists}]", DEPLOYMENT)).hasSize(3);
    }

    @Test
    void allConditionsMustHoldForOneContainer() throws Exception {
        assertThat(findings("""
                conditions:
                - {field: image, operator: endsWith, value: ":latest"}
                - {field: securityContext.allowPrivilegeEscalation, operator: equals, value: true}
                """, DEPLOYMENT)).isEmpty();
        assertThat(findings("""
                conditions:
                - {field: image, operator: endsWith, value: ":latest"}
                - {field: hostNetwork, operator: equals, value: true}
                """, DEPLOYMENT)).hasSize(1);
    }

    @Test
    void neverPrintsWhatMayBeSecret() throws Exception {
        assertThat(findings("conditions: [{field: 'env[*].value', operator: contains, value: secret}]", DEPLOYMENT))
                .singleElement().satisfies(finding -> assertThat(finding.message()).doesNotContain("topsecret"));
    }

    @Test
    void validationsOfTheObjectAndOfEachContainer() throws Exception {
        List<Finding> findings = findings("""
                description: sizes
                params: {most: 10}
                variables: [{name: most, expression: params.most}]
                validations:
                - expression: object.spec.replicas <= variables.most
                  messageExpression: "'at most ' + string(variables.most)"
                  field: spec.replicas
                - expression: "container.image.contains(':')"
                  message: no tag
                  field: image
                """, DEPLOYMENT);

        assertThat(findings).extracting(Finding::path, Finding::line, Finding::message).containsExactly(
                org.assertj.core.groups.Tuple.tuple("spec.replicas", 8, "at most 10"),
                org.assertj.core.groups.Tuple.tuple("spec.template.spec.containers[0].image", 22, "no tag"));
    }

    @Test
    void whatCannotBeEvaluatedIsAViolationUnlessThePolicySaysOtherwise() throws Exception {
        String body = "validations: [{expression: object.spec.nope == 1}]\n";

        assertThat(findings(body, DEPLOYMENT)).singleElement()
                .satisfies(finding -> assertThat(finding.message()).startsWith("the policy cannot be evaluated: "));
        assertThat(findings(body + "failurePolicy: Ignore\n", DEPLOYMENT)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{} | true",
        "{kinds: [Pod]} | false",
        "{kinds: [apps/Deployment]} | true",
        "{kinds: ['*'], namespaces: [shop, other]} | true",
        "{namespaces: ['sh?*']} | true",
        "{namespaces: [x*]} | false",
        "{excludeNamespaces: [shop]} | false",
        "{names: [web]} | true",
        "{labels: {team: front}} | true",
        "{labels: {matchExpressions: [{key: team, operator: NotIn, values: [front]}]}} | false",
        "{operations: [DELETE]} | true",
        "{users: ['system:*']} | false",
        "{namespaceLabels: {env: prod}} | false",
    })
    void isAbout(String match, boolean about) throws Exception {
        UserPolicy policy = policy("match: " + match + "\nconditions: [{field: hostPID, operator: exists}]\n");

        assertThat(policy.isAbout(manifest(DEPLOYMENT), Request.scanned("shop"))).isEqualTo(about);
    }

    @Test
    void matchesWhoAsksAndWhere() throws Exception {
        UserPolicy policy = policy("""
                match: {users: [alice], groups: ["dev*"], excludeUsers: [bob], operations: [CREATE], namespaceLabels: {env: prod}}
                conditions: [{field: hostPID, operator: exists}]
                """);
        Manifest manifest = manifest(DEPLOYMENT);
        Node namespace = manifest("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {env: prod}}").root();

        assertThat(policy.needsRequest()).isTrue();
        assertThat(policy.isAbout(manifest, request("CREATE", "alice", "x", namespace))).isTrue();
        assertThat(policy.isAbout(manifest, request("CREATE", "carol", "developers", namespace))).isTrue();
        assertThat(policy.isAbout(manifest, request("CREATE", "bob", "developers", namespace))).isFalse();
        assertThat(policy.isAbout(manifest, request("UPDATE", "alice", "x", namespace))).isFalse();
        assertThat(policy.isAbout(manifest, request("CREATE", "alice", "x", Node.MISSING))).isFalse();
    }

    private static Request request(String operation, String user, String group, Node namespace) {
        return new Request(operation, user, List.of(group), "shop", Node.MISSING, Node.MISSING, namespace);
    }

    @Test
    void anExemptionEndsWithItsDay() throws Exception {
        UserPolicy policy = policy("""
                conditions: [{field: hostNetwork, operator: exists}]
                exemptions: [{names: [web], until: 2026-11-27, reason: until the move}]
                """);
        Manifest manifest = manifest(DEPLOYMENT);

        UserPolicy.Result onTheDay = policy.judge(manifest, Request.scanned("shop"), TODAY);
        UserPolicy.Result after = policy.judge(manifest, Request.scanned("shop"), TODAY.plusDays(1));

        assertThat(onTheDay.findings()).isEmpty();
        assertThat(onTheDay.exemptedBecause()).isEqualTo("until the move");
        assertThat(after.findings()).hasSize(1);
    }

    @Test
    void mutatesByTheSmallestPatch() throws Exception {
        UserPolicy policy = policy("""
                action: mutate
                conditions:
                - {field: securityContext.runAsNonRoot, operator: notExists}
                set:
                - {in: pod, field: securityContext.seccompProfile.type, value: RuntimeDefault}
                - {in: object, field: "metadata.labels['kubeguardian.io/hardened']", value: "true"}
                - {field: securityContext.runAsUser, expression: "size(container.name) * 1000"}
                """);
        Manifest manifest = manifest(DEPLOYMENT);

        UserPolicy.Result result = policy.judge(manifest, Request.scanned("shop"), TODAY);

        assertThat(result.findings()).isEmpty();
        assertThat(JsonPatches.of(manifest.root(), result.fixes())).extracting(Object::toString)
                .containsExactlyInAnyOrder(
                        "{\"op\":\"add\",\"path\":\"/spec/template/spec/securityContext\",\"value\":{}}",
                        "{\"op\":\"add\",\"path\":\"/spec/template/spec/securityContext/seccompProfile\",\"value\":{}}",
                        "{\"op\":\"add\",\"path\":\"/spec/template/spec/securityContext/seccompProfile/type\",\"value\":\"RuntimeDefault\"}",
                        "{\"op\":\"add\",\"path\":\"/metadata/labels/kubeguardian.io~1hardened\",\"value\":\"true\"}",
                        "{\"op\":\"add\",\"path\":\"/spec/template/spec/initContainers/0/securityContext\",\"value\":{}}",
                        "{\"op\":\"add\",\"path\":\"/spec/template/spec/initContainers/0/securityContext/runAsUser\",\"value\":4000}",
                        "{\"op\":\"add\",\"path\":\"/spec/template/spec/containers/0/securityContext/runAsUser\",\"value\":3000}",
                        "{\"op\":\"add\",\"path\":\"/spec/template/spec/containers/1/securityContext\",\"value\":{}}",
                        "{\"op\":\"add\",\"path\":\"/spec/template/spec/containers/1/securityContext/runAsUser\",\"value\":4000}");
    }

    @Test
    void kindsWithoutPods() throws Exception {
        String service = """
                apiVersion: v1
                kind: Service
                metadata: {name: s}
                spec: {type: LoadBalancer, ports: [{port: 80, nodePort: 30080}]}
                """;

        assertThat(findings("match: {kinds: [Service]}\nconditions: [{field: spec.type, operator: in, value: [NodePort, LoadBalancer]}]\n",
                service)).singleElement().satisfies(finding -> assertThat(finding.path()).isEqualTo("spec.type"));
        assertThat(findings("match: {kinds: [Service]}\nconditions: [{field: 'spec.ports[*].nodePort', operator: exists}]\n",
                service)).singleElement().satisfies(finding -> assertThat(finding.path()).isEqualTo("spec.ports[0].nodePort"));
        assertThat(policy("conditions: [{field: spec.type, operator: exists}]")
                .isAbout(manifest(service), Request.scanned(""))).isFalse();
    }

    /** Whatever stands in an object, a policy answers. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{apiVersion: v1, kind: Pod, spec: text}",
        "{apiVersion: v1, kind: Pod, spec: {containers: text}}",
        "{apiVersion: v1, kind: Pod, spec: {containers: [1, null, {securityContext: text, ports: 3, image: {a: b}}]}}",
        "{apiVersion: v1, kind: Pod, metadata: 3, spec: {containers: [{ports: [text, {hostPort: text}], args: {}}]}}",
        "{apiVersion: v1, kind: Pod, spec: null}",
    })
    void objectsThatAreNone(String yaml) throws Exception {
        for (String condition : List.of("{field: securityContext.allowPrivilegeEscalation, operator: equals, value: true}",
                "{field: 'ports[*].hostPort', operator: greaterThan, value: 1}", "{field: image, operator: contains, value: x}",
                "{field: 'metadata.labels[''a/b'']', operator: notExists}", "{field: 'args[0]', operator: equals, value: 1}")) {
            assertThat(findings("conditions: [" + condition + "]", yaml)).isNotNull();
        }
    }
}
