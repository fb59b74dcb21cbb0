package io.kubeguardian.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScanCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    static String resource(String name) throws IOException {
        try (InputStream in = ScanCommandTest.class.getResourceAsStream("/scan/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content).toString();
    }

    private static JsonNode json(CommandRun run) throws IOException {
        return JSON.readTree(run.out());
    }

    private static List<String> ids(JsonNode report) {
        List<String> ids = new ArrayList<>();
        report.path("results").forEach(result -> result.path("violations").forEach(one -> ids.add(one.path("id").asText())));
        return ids;
    }

    @Test
    void aHardenedWorkloadIsFine() throws IOException {
        CommandRun run = CommandRun.of("scan", file("web.yaml", resource("hardened.yaml")));

        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.out()).contains("no violations").contains("pss-restricted");
    }

    @Test
    void findingsExitWithOneAndJsonHasThePromisedShape() throws IOException {
        String file = file("bad.yaml", resource("privileged.yaml"));

        CommandRun run = CommandRun.of("scan", file, "--format", "json");

        assertThat(run.code()).isEqualTo(1);
        JsonNode report = json(run);
        assertThat(report.fieldNames()).toIterable().containsExactly("summary", "results", "errors");
        assertThat(report.path("summary").fieldNames()).toIterable()
                .containsExactly("files", "documents", "resources", "violations", "bySeverity");
        assertThat(report.path("summary").path("bySeverity").fieldNames()).toIterable()
                .containsExactly("critical", "high", "medium", "low", "info");
        assertThat(report.at("/summary/files").asInt()).isEqualTo(1);
        assertThat(report.at("/summary/documents").asInt()).isEqualTo(3);
        assertThat(report.at("/summary/resources").asInt()).isEqualTo(3);
        JsonNode job = report.at("/results/1");
        assertThat(job.fieldNames()).toIterable()
                .containsExactly("file", "line", "document", "kind", "namespace", "name", "violations");
        assertThat(job.path("file").asText()).isEqualTo(file);
        assertThat(job.path("line").asInt()).isEqualTo(7);
        assertThat(job.path("document").asInt()).isEqualTo(2);
        assertThat(job.path("kind").asText()).isEqualTo("CronJob");
        JsonNode privileged = job.at("/violations/0");
        assertThat(privileged.fieldNames()).toIterable()
                .containsExactly("id", "title", "severity", "path", "line", "message", "remediation", "controls");
        assertThat(privileged.path("id").asText()).isEqualTo("privileged-container");
        assertThat(privileged.path("severity").asText()).isEqualTo("critical");
        assertThat(privileged.path("path").asText())
                .isEqualTo("spec.jobTemplate.spec.template.spec.containers[0].securityContext.privileged");
        assertThat(privileged.path("line").asInt()).isEqualTo(25);
        assertThat(privileged.path("controls")).extracting(JsonNode::asText).contains("pss-baseline:privileged-containers");
        assertThat(ids(report)).contains("namespace-network-policy", "secret-in-env", "image-tag", "host-pid");
        assertThat(run.out()).doesNotContain("Tr0ub4dor");
    }

    @Test
    void whatCannotBeReadIsToldWithItsLineAndTheRestIsJudged() throws IOException {
        String file = file("mixed.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n---\n" + resource("privileged.yaml"));
        file("other.json", "{\"apiVersion\": \"v1\",\n \"kind\": ]}");

        CommandRun run = CommandRun.of("scan", folder.toString(), "--format", "json");

        assertThat(run.code()).isEqualTo(2);
        JsonNode report = json(run);
        assertThat(ids(report)).contains("privileged-container");
        assertThat(report.path("errors")).hasSize(2);
        assertThat(report.at("/errors/0/file").asText()).isEqualTo(file);
        assertThat(report.at("/errors/0/line").asInt()).isBetween(3, 4);
        assertThat(report.at("/errors/1/line").asInt()).isEqualTo(2);
        assertThat(run.err()).contains("mixed.yaml:").contains("other.json:2");
    }

    @Test
    void whatIsNoObjectOfKubernetesIsLeftAlone() throws IOException {
        file("values.yaml", "image: {repository: nginx, tag: latest}\nprivileged: true\n");
        file("docker-compose.yml", "services:\n  a: {image: nginx, privileged: true}\n");
        file("package.json", "{\"name\": \"x\", \"kind\": 3}");
        file("notes.txt", "apiVersion: v1\nkind: Pod\n");
        file("chart/Chart.yaml", "apiVersion: v2\nname: shop\n");
        file("chart/templates/a.yaml", "apiVersion: v1\nkind: Pod\n{{- if .Values.x }}\nspec: {{ toYaml . }}\n{{- end }}\n");
        file(".git/pod.yaml", resource("privileged.yaml"));

        CommandRun run = CommandRun.of("scan", folder.toString(), "--format", "json");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(json(run).at("/summary/resources").asInt()).isZero();
        assertThat(run.err()).contains("1 Helm template left out").contains("helm template");
    }

    @Test
    void standardInputIsAFileToo() throws IOException {
        InputStream real = System.in;
        System.setIn(new ByteArrayInputStream(resource("privileged.yaml").getBytes(StandardCharsets.UTF_8)));
        try {
            CommandRun run = CommandRun.of("scan", "-", "--format", "json");

            assertThat(run.code()).isEqualTo(1);
            assertThat(json(run).at("/results/0/file").asText()).isEqualTo("<stdin>");
        } finally {
            System.setIn(real);
        }
    }

    @ParameterizedTest
    @CsvSource({"pss-baseline, 1", "pss-restricted:v1.29, 1", "pss-baseline:v1.0, 1", "cis, 1", "nsa, 1", "pci-dss, 1", "hipaa, 1",
        "gdpr, 1", "fz152, 1"})
    void everyFrameworkIsReportedByItsControls(String framework, int code) throws IOException {
        CommandRun run = CommandRun.of("scan", file("bad.yaml", resource("privileged.yaml")), "--framework", framework,
                "--format", "json");

        assertThat(run.code()).isEqualTo(code);
        JsonNode report = json(run).at("/frameworks/0");
        assertThat(framework).startsWith(report.path("id").asText());
        assertThat(report.path("failed").asInt()).isPositive();
        assertThat(report.path("controls").size())
                .isEqualTo(report.path("failed").asInt() + report.path("passed").asInt() + report.path("notApplicable").asInt());
        json(run).path("results").forEach(result -> result.path("violations").forEach(violation ->
                assertThat(violation.path("controls")).extracting(JsonNode::asText)
                        .anyMatch(control -> control.startsWith(framework.split("[-:]")[0]))));
    }

    @Test
    void aFrameworkJudgesByItsVersionAndByNothingElse() throws IOException {
        String pod = file("pod.yaml", """
                apiVersion: v1
                kind: Pod
                metadata: {name: a}
                spec:
                  containers:
                  - {name: a, image: a, livenessProbe: {httpGet: {host: example.org, port: 80}}}
                """);

        assertThat(CommandRun.of("scan", pod, "--framework", "pss-baseline:v1.33").code()).isZero();
        assertThat(CommandRun.of("scan", pod, "--framework", "pss-baseline:v1.34").code()).isEqualTo(1);
        assertThat(CommandRun.of("scan", pod, "--framework", "pss-baseline").code()).isEqualTo(1);
    }

    @Test
    void aVersionThatIsNotKnownYetIsJudgedByTheLatestAndSaidSo() throws IOException {
        String pod = file("web.yaml", resource("hardened.yaml"));

        CommandRun later = CommandRun.of("scan", pod, "--framework", "pss-baseline:v1.990", "--format", "json");
        CommandRun known = CommandRun.of("scan", pod, "--framework", "pss-baseline:v1.35", "--framework", "pss-restricted");

        assertThat(later.code()).isZero();
        assertThat(later.err()).isEqualTo("kubeguardian: pss-baseline:v1.990: no rules of that version are known here; it was"
                + " judged by those of v1.35\n");
        assertThat(json(later).isObject()).isTrue();
        assertThat(known.err()).isEmpty();
    }

    @Test
    void severitiesBelowTheLeastDoNotCount() throws IOException {
        String pod = file("pod.yaml", resource("hardened.yaml").replace("readOnlyRootFilesystem: true", "runAsUser: 1000"));

        assertThat(CommandRun.of("scan", pod).code()).isEqualTo(1);
        assertThat(CommandRun.of("scan", pod, "--min-severity", "medium").code()).isZero();
        assertThat(CommandRun.of("scan", file("web.yaml", resource("hardened.yaml")), "--min-severity", "INFO").out())
                .contains("workload-network-policy");
    }

    @Test
    void acceptedFindingsDoNotCountUntilTheyExpire() throws IOException {
        String pod = file("pod.yaml", resource("hardened.yaml").replace("readOnlyRootFilesystem: true", "runAsUser: 1000"));
        String accepted = file("accepted.yaml", """
                exceptions:
                - check: read-only-root
                  kind: Deployment
                  namespace: shop
                  name: w*
                  reason: it writes its cache there until the next release
                  expires: 2999-01-31
                - {check: host-pid, reason: none, expires: 2999-01-31}
                """);
        String expired = file("expired.yaml",
                "exceptions:\n- {check: '*', reason: long ago, expires: 2020-01-31}\n");

        CommandRun run = CommandRun.of("scan", pod, "--exceptions", accepted);

        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.err()).contains("1 finding accepted").contains("line 8 matches nothing");
        CommandRun later = CommandRun.of("scan", pod, "--exceptions", expired);
        assertThat(later.code()).isEqualTo(1);
        assertThat(later.err()).contains("expired on 2020-01-31");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exceptions: [{check: a, reason: b}]", "exceptions: [{check: a, expires: 2999-01-01}]",
        "exceptions: [{check: a, reason: b, expires: soon}]", "exceptions: [{check: a, reason: b, expires: 2999-01-01, kin: c}]",
        "exceptions: 7", "[", ""})
    void aFileOfExceptionsThatIsWrongIsOneLine(String content) throws IOException {
        CommandRun run = CommandRun.of("scan", file("pod.yaml", "a: b"), "--exceptions", file("exceptions.yaml", content));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(1).first().asString().contains("exceptions.yaml");
    }

    @Test
    void onlyWhatIsNewCountsAgainstABaseline() throws IOException {
        String pod = file("bad.yaml", resource("privileged.yaml"));
        String known = file("known.json", CommandRun.of("scan", pod, "--format", "json").out());

        CommandRun same = CommandRun.of("scan", pod, "--baseline", known);
        file("bad.yaml", "# more lines\n\n" + resource("privileged.yaml"));
        CommandRun moved = CommandRun.of("scan", pod, "--baseline", known);
        file("bad.yaml", resource("privileged.yaml").replace("hostPID: true", "hostPID: true\n    hostIPC: true"));
        CommandRun more = CommandRun.of("scan", pod, "--baseline", known, "--format", "json");

        assertThat(same.code()).as(same.out()).isZero();
        assertThat(moved.code()).as(moved.out()).isZero();
        assertThat(more.code()).isEqualTo(1);
        assertThat(ids(json(more))).containsExactly("host-ipc");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                                                            | true",
        "{matchLabels: {app: web}}                                     | true",
        "{matchLabels: {app: db}}                                      | false",
        "{matchExpressions: [{key: app, operator: In, values: [web]}]} | true",
        "{matchExpressions: [{key: app, operator: NotIn, values: [web]}]} | false",
        "{matchExpressions: [{key: tier, operator: Exists}]}           | false",
        "{matchExpressions: [{key: tier, operator: DoesNotExist}]}     | true",
    })
    void networkPoliciesOfOtherFilesCoverWhatTheySelect(String selector, boolean covers) throws IOException {
        file("web.yaml", resource("hardened.yaml"));
        file("policy.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\n"
                + "spec: {podSelector: " + selector + ", policyTypes: [Ingress]}\n");
        file("namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");

        JsonNode report = json(CommandRun.of("scan", folder.toString(), "--min-severity", "info", "--format", "json"));

        assertThat(ids(report)).doesNotContain("namespace-network-policy");
        assertThat(ids(report).contains("workload-network-policy")).isEqualTo(!covers);
    }

    @Test
    void kindsOfOthersAndRegistriesComeByOptions() throws IOException {
        String farm = file("farm.yaml", """
                apiVersion: example.org/v1
                kind: Farm
                metadata: {name: a}
                spec: {worker: {spec: {hostPID: true, containers: [{name: a, image: "docker.io/library/a:1"}]}}}
                """);

        CommandRun run = CommandRun.of("scan", farm, "--pod-path", "example.org/Farm=spec.worker", "--registry",
                "registry.example.org", "--format", "json");

        assertThat(CommandRun.of("scan", farm).code()).isZero();
        assertThat(ids(json(run))).contains("host-pid", "image-registry");
        assertThat(json(run).at("/results/0/violations/0/path").asText()).isEqualTo("spec.worker.spec.hostPID");
    }

    @Test
    void policiesOfTheUsersOwnAreJudgedToo() throws IOException {
        String policies = file("own/policies.yaml", """
                policies:
                - name: block-privilege-escalation
                  description: no container may escalate
                  conditions:
                  - field: securityContext.allowPrivilegeEscalation
                    operator: equals
                    value: true
                  action: deny
                """);
        String pod = file("web.yaml", resource("hardened.yaml").replace("Escalation: false", "Escalation: true"));

        CommandRun run = CommandRun.of("scan", pod, "--policies", policies, "--framework", "pss-baseline", "--format", "json");

        assertThat(run.code()).as(run.err()).isEqualTo(1);
        assertThat(ids(json(run))).containsExactly("block-privilege-escalation");
        assertThat(CommandRun.of("scan", pod, "--policies", file("wrong.yaml", "policies: [{name: a}]")))
                .satisfies(wrong -> assertThat(wrong.code()).isEqualTo(2))
                .satisfies(wrong -> assertThat(wrong.err()).contains("wrong.yaml:1").doesNotContain("\tat "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scan", "scan . --policies /does/not/exist", "scan /does/not/exist", "scan . --format pdf", "scan . --framework iso", "scan . --framework cis:v1",
        "scan . --framework pss-baseline:1.x", "scan . --min-severity awful", "scan - --fix", "scan . --threads 0",
        "scan . --baseline /does/not/exist", "scan . --exceptions /does/not/exist", "scan . --pod-path Farm=spec"})
    void wrongUseIsExitCodeTwoAndSaysWhy(String line) {
        CommandRun run = CommandRun.of(line.split(" "));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).isNotBlank().doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void helpSaysWhatItDoes() {
        CommandRun run = CommandRun.of("scan", "--help");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("Usage: kubeguardian scan").contains("--framework").contains("pss-restricted");
    }
}
