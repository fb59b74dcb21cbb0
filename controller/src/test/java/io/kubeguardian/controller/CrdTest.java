package io.kubeguardian.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubeguardian.policy.user.PublishedPolicy;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.RuntimePolicySpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The CustomResourceDefinitions of deploy/k8s, judged as an API server would. */
class CrdTest {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String CONDITION = "{field: spec.replicas, operator: greaterThan, value: 10}";

    @ParameterizedTest
    @ValueSource(strings = {"admissionpolicies", "policyexceptions", "runtimepolicies"})
    void eachIsStructuralWithStatusColumnsAndRulesThatCompile(String plural) throws Exception {
        JsonNode schema = Schemas.schema(plural);

        assertThat(Schemas.structural(schema, "")).isEmpty();
        assertThat(Schemas.rules(schema, "")).isNotEmpty().allSatisfy(rule -> Schemas.compile(rule.getValue()));
        CustomResourceDefinition crd = new KubernetesSerialization()
                .unmarshal(Files.readString(Schemas.FOLDER.resolve(plural + ".yaml")), CustomResourceDefinition.class);
        assertThat(crd.getAdditionalProperties()).isEmpty();
        assertThat(crd.getMetadata().getName()).isEqualTo(plural + ".kubeguardian.io");
        CustomResourceDefinitionVersion version = crd.getSpec().getVersions().getFirst();
        assertThat(version.getSubresources().getStatus()).isNotNull();
        assertThat(version.getAdditionalPrinterColumns()).extracting("name").contains("Ready", "Reason", "Age");
        assertThat(crd.getSpec().getNames().getCategories()).contains("kubeguardian");
        ResourceDefinitionContext kind = List.of(Kinds.ADMISSION_POLICY, Kinds.POLICY_EXCEPTION, Kinds.RUNTIME_POLICY).stream()
                .filter(each -> each.getPlural().equals(plural)).findFirst().orElseThrow();
        assertThat(crd.getSpec().getNames().getKind()).isEqualTo(kind.getKind());
        assertThat(crd.getSpec().getScope()).isEqualTo(kind.isNamespaceScoped() ? "Namespaced" : "Cluster");
        assertThat(version.getName()).isEqualTo(Kinds.VERSION);
    }

    @Test
    void everyExampleOfTheDocumentationIsAnAdmissionPolicyAndIsRead() throws Exception {
        int seen = 0;
        String page = Files.readString(Path.of("../docs/policies.md"));
        for (var block : Pattern.compile("(?s)```yaml\n(policies:.*?)```").matcher(page).results().toList()) {
            for (JsonNode policy : YAML.readTree(block.group(1)).get("policies")) {
                ObjectNode spec = policy.deepCopy();
                String name = spec.remove("name").asText();
                if (spec.path("description").asText().equals("…")) {
                    continue;
                }
                assertThat(admission(spec)).as(name).isEmpty();
                assertThat(new PublishedPolicy().policy(name, policy).name()).isEqualTo(name);
                seen++;
            }
        }
        assertThat(seen).isGreaterThanOrEqualTo(4);
    }

    /** What the rules say, and what the reader says to the same: both refuse. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {action: deny} | needs conditions or validations
            {conditions: [%1$s], validations: [{expression: 'true'}]} | needs conditions or validations
            {action: mutate, conditions: [%1$s]} | needs set
            {set: [{field: a, value: b}], conditions: [%1$s]} | set needs action mutate
            {action: mutate, set: [{field: a, value: b}], validations: [{expression: 'true'}]} | no validations
            {conditions: [%1$s], exemptions: [{reason: old}]} | exempt everything
            {conditions: [{field: a, operator: like, value: b}]} | is none of
            {conditions: [%1$s], severity: deadly} | is none of
            {conditions: [%1$s], matches: {kinds: [Pod]}} | pruned
            {conditions: [%1$s], match: {kinds: Pod}} | must be array
            {conditions: [%1$s], exemptions: [{kinds: [Pod], reason: r, until: soon}]} | does not match
            """)
    void whatTheReaderRefusesTheSchemaRefuses(String spec, String problem) throws Exception {
        ObjectNode tree = (ObjectNode) YAML.readTree(spec.replace("%1$s", CONDITION));

        assertThat(admission(tree)).anyMatch(each -> each.contains(problem));

        tree.put("name", "it");
        assertThat(org.assertj.core.api.Assertions.catchException(() -> new PublishedPolicy().policy("it", tree))).isNotNull();
    }

    @Test
    void aPolicyOfEverythingIsTaken() throws Exception {
        JsonNode spec = YAML.readTree("""
                description: d
                severity: low
                action: warn
                failurePolicy: Ignore
                match: {kinds: [Pod], labels: {app: x}, namespaceLabels: {matchLabels: {a: b}, matchExpressions: [{key: c, operator: Exists}]},
                  operations: [CREATE], users: ['system:*']}
                exemptions: [{namespaces: [legacy], reason: old, until: '2027-01-31'}]
                params: {most: 3, list: [1, {a: b}]}
                variables: [{name: n, expression: '1'}]
                matchConditions: [{name: m, expression: 'true'}]
                validations: [{expression: variables.n < params.most, message: m, field: spec.replicas}]
                """);

        assertThat(admission(spec)).isEmpty();
        assertThat(new PublishedPolicy().policy("it", ((ObjectNode) spec).put("name", "it")).name()).isEqualTo("it");
    }

    @Test
    void anExceptionNeedsPoliciesScopeReasonAndEnd() throws Exception {
        JsonNode schema = Schemas.schema("policyexceptions").at("/properties/spec");
        String good = "{policies: [no-root], namespaces: [legacy], reason: r, until: '2027-01-31'}";

        assertThat(Schemas.problems(schema, YAML.readTree(good), null, "")).isEmpty();
        assertThat(Schemas.problems(schema, YAML.readTree(good.replace("policies: [no-root]", "checks: [host-network]")),
                null, "")).isEmpty();
        assertThat(Schemas.problems(schema, YAML.readTree(good.replace("policies: [no-root], ", "")), null, ""))
                .anyMatch(each -> each.contains("needs policies, checks or both"));
        assertThat(Schemas.problems(schema, YAML.readTree("{policies: [no-root], namespaces: [legacy], reason: r}"), null, ""))
                .anyMatch(each -> each.contains("needs until"));
        assertThat(Schemas.problems(schema, YAML.readTree("{policies: [no-root], reason: r, until: '2027-01-31'}"), null, ""))
                .anyMatch(each -> each.contains("exempt everything"));
        assertThat(Schemas.problems(schema, YAML.readTree("{policies: [], kinds: [Pod], reason: r, until: '2027-01-31'}"), null, ""))
                .isNotEmpty();
    }

    @Test
    void aRuntimePolicyKeepsItsWorkloadAndNamesHostOrNetwork() throws Exception {
        JsonNode schema = Schemas.schema("runtimepolicies").at("/properties/spec");
        String text = """
                workload: {kind: Deployment, name: shop}
                images: ['sha256:0123']
                mode: alert
                programs: [{path: /usr/bin/node, parents: [/bin/sh], arguments: ['server.js <n>', '']}]
                files: {read: [/etc/hosts], write: ['/tmp/*']}
                destinations: [{cidr: 10.0.0.5/32, port: 5432, protocol: TCP}, {host: db.shop.svc, port: 53, protocol: UDP, addresses: ['10.0.0.6:53']}]
                listen: [8080/tcp, ephemeral/udp]
                dnsNames: ['*.example.com']
                users: [0, 65534]
                capabilities: [CAP_NET_BIND_SERVICE]
                syscalls: [read, openat2]
                """;
        JsonNode good = YAML.readTree(text);

        assertThat(Schemas.problems(schema, good, null, "")).isEmpty();
        assertThat(read(good).getSyscalls()).containsExactly("read", "openat2");
        assertThat(Schemas.problems(schema, YAML.readTree(text.replace("name: shop", "name: other")), good, ""))
                .singleElement().asString().contains("not to be changed");
        assertThat(Schemas.problems(schema, YAML.readTree(text.replace("cidr: 10.0.0.5/32, ", "")), null, ""))
                .anyMatch(each -> each.contains("needs host or cidr"));
    }

    /** What the schema refuses, the controller and the jobs refuse: records come without an API server, too. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mode: block
            programs: [{parents: [/bin/sh]}]
            programs: [{path: ''}]
            program: [{path: /bin/sh}]
            files: {execute: [/tmp]}
            files: {read: ['']}
            destinations: [{port: 53}]
            destinations: [{host: a, cidr: 10.0.0.0/8}]
            destinations: [{host: a, port: 70000}]
            destinations: [{host: a, port: x}]
            destinations: [{host: a, protocol: ICMP}]
            listen: [8080]
            listen: [http/tcp]
            users: [root]
            users: [-1]
            capabilities: [NET_ADMIN]
            syscalls: ['read write']
            """)
    void whatTheSchemaRefusesOfARuntimePolicyItsReaderRefuses(String field) throws Exception {
        JsonNode schema = Schemas.schema("runtimepolicies").at("/properties/spec");
        JsonNode spec = YAML.readTree("workload: {kind: Deployment, name: shop}\n" + field);

        assertThat(Schemas.problems(schema, spec, null, "")).isNotEmpty();
        assertThat(org.assertj.core.api.Assertions.catchException(() -> read(spec)))
                .isInstanceOf(MalformedRecordException.class).hasMessageStartingWith("spec");
    }

    private static RuntimePolicyRecord read(JsonNode spec) throws Exception {
        return RuntimePolicySpec.read("prod", "shop", "web", YAML.treeToValue(spec, Object.class));
    }

    private static List<String> admission(JsonNode spec) throws IOException {
        return Schemas.problems(Schemas.schema("admissionpolicies").at("/properties/spec"), spec, null, "");
    }

    @Test
    void whatTheControllerWritesFitsTheStatus() throws Exception {
        for (Map.Entry<String, String> each : Map.of("admissionpolicies", "exceptions: 1, ", "policyexceptions", "policies: [a], ",
                "runtimepolicies", "").entrySet()) {
            JsonNode status = YAML.readTree("{" + each.getValue() + """
                    observedGeneration: 2, digest: 'sha256:%s', conditions: [{type: Ready, status: 'False',
                    observedGeneration: 2, lastTransitionTime: '2026-11-27T10:00:00Z', reason: AppliesToSome, message: m}]}
                    """.formatted("0".repeat(64)));
            assertThat(Schemas.problems(Schemas.schema(each.getKey()).at("/properties/status"), status, null, "")).isEmpty();
        }
    }
}
