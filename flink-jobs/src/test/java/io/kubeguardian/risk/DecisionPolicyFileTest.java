package io.kubeguardian.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.DecisionSettings;
import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Verdict;
import io.kubeguardian.schema.WorkloadRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisionPolicyFileTest {
    @TempDir
    Path folder;

    @Test
    void thePolicyOfTheDocumentationDoesWhatItSays() throws Exception {
        Matcher example = Pattern.compile("```yaml\n(version: 1\n.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/risk.md")));
        assertThat(example.find()).as("docs/risk.md shows a policy").isTrue();
        DecisionPolicy policy = policy(example.group(1));

        assertThat(verdict(policy, "kube-system", "coredns", Map.of(), 100)).isEqualTo(Verdict.ALERT);
        DecisionPolicy.Entry payments = policy.entry(workload("pay-eu", "api"), Map.of("tier", "payments"));
        assertThat(payments.mode()).isEqualTo(DecisionState.PENDING);
        assertThat(payments.actions()).containsExactly(ContainmentAction.DENY_NETWORK);
        assertThat(policy.entry(workload("staging", "api"), Map.of()).mode()).isEqualTo(DecisionState.DRY_RUN);
        assertThat(verdict(policy, "shop", "orders", Map.of(), 95)).isEqualTo(Verdict.QUARANTINE);
        assertThat(verdict(policy, "shop", "orders", Map.of(), 80)).isEqualTo(Verdict.CONTAIN);
        assertThat(verdict(policy, "shop", "orders", Map.of(), 79.9)).isEqualTo(Verdict.ALERT);
    }

    @Test
    void withoutAFileTheConfigurationDecidesAsItAlwaysDid() {
        DecisionPolicy policy = DecisionPolicy.load(new DecisionSettings("", 10, 20, 60), SignalExamples.settings());

        assertThat(verdict(policy, "shop", "orders", Map.of(), 80)).isEqualTo(Verdict.CONTAIN);
        assertThat(verdict(policy, "shop", "orders", Map.of(), 79)).isEqualTo(Verdict.ALLOW);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "\"\"                                                              | version must be 1",
        "\"version: 2\"                                                    | version must be 1",
        "\"version: 1\"                                                    | entries must be a list",
        "\"version: 1\nentries: [{name: a, containAT: 80}]\"                | policy.yaml:2: entries.0.containAT: Unrecognized field",
        "\"version: 1\nentries: [{containAt: 80}]\"                        | entries.0 needs a name",
        "\"version: 1\nentries: [{name: a}, {name: a}]\"                   | entries.1: a is the name of another entry",
        "\"version: 1\nentries: [{name: a, containAt: 101}]\"              | containAt is 101.0, must be above 0",
        "\"version: 1\nentries: [{name: a, containAt: 0}]\"                | containAt is 0.0, must be above 0",
        "\"version: 1\nentries: [{name: a, containAt: 90, quarantineAt: 80}]\" | alertAt <= containAt <= quarantineAt",
        "\"version: 1\nentries: [{name: a, alertAt: 90, containAt: 80}]\"  | alertAt <= containAt <= quarantineAt",
        "\"version: 1\nentries: [{name: a, actions: [SHUT]}]\"             | SHUT",
        "\"version: 1\nentries: [{name: a, actions: []}]\"                 | actions must name at least one",
        "\"version: 1\nentries: [{name: a, seconds: 0}]\"                  | seconds is 0",
        "\"version: 1\nentries: [{name: a, mode: maybe}]\"                 | maybe",
        "\"version: 1\nentries: [{name: a, match: {namespace: x}}]\"       | match.namespace: Unrecognized field",
        "\"version: 1\nentries: [null]\"                                   | entries.0 needs a name",
        "\"version: 1\nversion: 1\"                                        | policy.yaml:2",
        "\"[\"                                                            | policy.yaml:1",
    })
    void aWrongPolicyIsRefusedInOneLine(String yaml, String expected) {
        assertThatThrownBy(() -> policy(yaml)).isInstanceOf(ConfigException.class).hasMessageContaining("policy.yaml")
                .hasMessageContaining(expected).satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> DecisionPolicy.load(new DecisionSettings(folder.resolve("x").toString(), 1, 1, 60),
                SignalExamples.settings())).isInstanceOf(ConfigException.class).hasMessageContaining("no such file");
    }

    private DecisionPolicy policy(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), yaml);
        return DecisionPolicy.load(new DecisionSettings(file.toString(), 10, 20, 60), SignalExamples.settings());
    }

    private static WorkloadRef workload(String namespace, String name) {
        return new WorkloadRef("prod", namespace, "Deployment", name);
    }

    private static Verdict verdict(
            DecisionPolicy policy, String namespace, String name, Map<String, String> labels, double score) {
        return policy.entry(workload(namespace, name), labels).verdict(score);
    }
}
