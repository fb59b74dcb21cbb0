package io.kubeguardian.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.policy.manifest.ManifestReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every check finds what it is for, at its path, lets the rest pass, and what its fixes make passes too. */
class CheckCasesTest {
    /** They need all manifests of a scan, and are tested with it. */
    private static final Set<String> OF_A_SCAN = Set.of("namespace-network-policy", "workload-network-policy");

    private static Node cases() throws IOException {
        try (var in = CheckCasesTest.class.getResourceAsStream("/checks/cases.yaml")) {
            ManifestReader.Content content = new ManifestReader().read(in.readAllBytes());
            assertThat(content.problems()).isEmpty();
            return content.documents().getFirst().root();
        }
    }

    private static Manifest manifest(String in, Node part) {
        Node root = switch (in) {
            case "object" -> part;
            case "spec" -> pod(part);
            default -> {
                Map<String, Node> container = new LinkedHashMap<>(Map.of("name", Node.string("a")));
                fields(part, container);
                yield pod(Node.object(Map.of("containers", Node.array(List.of(Node.object(container)), 1))));
            }
        };
        return Manifest.of(root, PodTemplates.KNOWN).orElseThrow();
    }

    private static Node pod(Node spec) {
        return Node.object(Map.of("apiVersion", Node.string("v1"), "kind", Node.string("Pod"), "spec", spec));
    }

    private static void fields(Node from, Map<String, Node> to) {
        for (int i = 0; i < from.size(); i++) {
            to.put(from.name(i), from.at(i));
        }
    }

    @Test
    void everyCheckFindsWhatItIsForAndNothingElse() throws IOException {
        List<Check> checks = BuiltInChecks.all(Set.of("registry.example.org"));
        List<String> tested = new ArrayList<>();
        for (Node one : cases()) {
            String id = one.get("check").text();
            tested.add(id);
            Check check = checks.stream().filter(each -> each.info().id().equals(id)).findFirst().orElseThrow();
            Engine engine = new Engine(List.of(check));
            boolean first = true;
            for (Node bad : one.get("bad")) {
                Manifest manifest = manifest(one.get("in").text(), bad);
                List<Finding> findings = engine.evaluate(manifest);
                assertThat(findings).as("%s: %s", id, bad).isNotEmpty();
                if (first) {
                    assertThat(findings.getFirst().path()).as(id).isEqualTo(one.get("path").text());
                }
                first = false;
                mended(engine, manifest, findings);
            }
            for (Node good : one.get("good")) {
                assertThat(engine.evaluate(manifest(one.get("in").text(), good))).as("%s: %s", id, good).isEmpty();
            }
            assertThat(one.get("good").size()).as(id).isPositive();
        }

        List<String> known = new ArrayList<>(Catalog.checksById().keySet());
        known.removeAll(OF_A_SCAN);
        assertThat(tested).containsExactlyInAnyOrderElementsOf(known);
        assertThat(checks).extracting(check -> check.info().id()).containsExactlyInAnyOrderElementsOf(known);
    }

    /** Where all findings have fixes, none is left after them; and fixes are the same as JSON patches. */
    private static void mended(Engine engine, Manifest manifest, List<Finding> findings) {
        if (findings.stream().anyMatch(finding -> finding.fixes().isEmpty())) {
            return;
        }
        Node root = manifest.root();
        List<Fix> fixes = findings.stream().flatMap(finding -> finding.fixes().stream()).toList();
        for (Fix fix : fixes) {
            root = fix.applyTo(root);
        }
        Manifest fixed = Manifest.of(root, PodTemplates.KNOWN).orElseThrow();
        assertThat(engine.evaluate(fixed)).as("%s", root).isEmpty();
        assertThat(JsonPatches.of(manifest.root(), fixes)).isNotEmpty();
        assertThat(JsonPatches.of(root, fixes)).as("a second time").isEmpty();
    }

    @Test
    void noSecretStandsInAFinding() {
        Manifest manifest = manifest("container", new ManifestReader().read("""
                env: [{name: DB_PASSWORD, value: hunter22secret}, {name: URL, value: 'redis://:hunter22secret@db/'}]
                args: [--password=hunter22secret]
                """).documents().getFirst().root());

        List<Finding> findings = new Engine(BuiltInChecks.all()).evaluate(manifest);

        assertThat(findings).extracting(Finding::id).contains("secret-in-env", "secret-in-args");
        assertThat(findings.toString()).doesNotContain("hunter22");
    }

    @Test
    void everyCheckSaysWhyAndWhatToDoAndNamesControls() {
        assertThat(Catalog.checksById().values()).allSatisfy(check -> {
            assertThat(check.id()).matches("[a-z0-9]+(-[a-z0-9]+)*");
            assertThat(check.title()).isNotBlank();
            assertThat(check.why()).isNotBlank().doesNotEndWith(".");
            assertThat(check.remedy()).isNotBlank().doesNotEndWith(".");
            assertThat(check.controls()).isNotEmpty().doesNotHaveDuplicates();
        });
        for (Framework framework : Framework.values()) {
            assertThat(Catalog.controls(framework)).as(framework.id()).hasSizeGreaterThan(5);
        }
    }
}
