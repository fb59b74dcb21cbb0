package io.kubeguardian.policy;

import io.kubeguardian.policy.manifest.ManifestReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/** No check fails, whatever stands in an object: every value of manifests of many kinds is replaced by one of each type. */
class CheckFuzzTest {
    private static final List<Node> OTHERS = values();

    private static List<Node> values() {
        Node all = new ManifestReader().read("[null, true, 7, -0.5, '', word, [], [null, 1, x, [], {}], {}, {a: b, name: 1}]")
                .documents().getFirst().root();
        List<Node> values = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            values.add(all.at(i));
        }
        return values;
    }

    @Test
    void noCheckFailsOnAnyValueAtAnyPlace() throws IOException {
        Engine engine = new Engine(BuiltInChecks.all(Set.of("registry.example.org")));
        Engine baseline = new Engine(PodSecurity.checks(Framework.PSS_BASELINE, 10));
        int[] judged = {0};
        try (var in = CheckFuzzTest.class.getResourceAsStream("/checks/fuzz.yaml")) {
            for (ManifestReader.Document document : new ManifestReader().read(in.readAllBytes()).documents()) {
                Node root = document.root();
                String apiVersion = root.get("apiVersion").text();
                String group = apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
                String kind = root.get("kind").text();
                variants(root, variant -> {
                    judged[0]++;
                    Manifest manifest = Manifest.of(group, "v1", kind, variant, PodTemplates.KNOWN);
                    assertThatCode(() -> {
                        List<Finding> findings = engine.evaluate(manifest);
                        baseline.evaluate(manifest);
                        findings.forEach(finding -> JsonPatches.of(variant, finding.fixes()));
                    }).as("%s", variant).doesNotThrowAnyException();
                });
            }
        }
        assertThat(judged[0]).isGreaterThan(1000);
    }

    /** The value with each of its parts, and itself, replaced by each of the others, one at a time. */
    private static void variants(Node node, Consumer<Node> action) {
        OTHERS.forEach(action);
        for (int i = 0; i < node.size(); i++) {
            int place = i;
            variants(node.at(i), part -> action.accept(with(node, place, part)));
        }
    }

    private static Node with(Node node, int place, Node part) {
        List<String> names = new ArrayList<>();
        List<Node> values = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            if (node.isObject()) {
                names.add(node.name(i));
            }
            values.add(i == place ? part : node.at(i));
        }
        return node.isObject() ? Node.object(names, values, 1) : Node.array(values, 1);
    }
}
