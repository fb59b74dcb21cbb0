package io.kubeguardian.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScanPoliciesTest {
    private static final String OWNER = """
            policies:
            - name: owner-label
              description: Every workload names its owner
              severity: medium
              conditions:
              - {field: "metadata.labels['example.org/owner']", operator: notExists}
            """;

    @TempDir
    private Path folder;
    private String manifest;

    @BeforeEach
    void aHardenedWorkload() throws IOException {
        manifest = file("web.yaml", ScanCommandTest.resource("hardened.yaml"));
    }

    private String file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content).toString();
    }

    @Test
    void aPolicyIsACheckLikeOthers() throws IOException {
        CommandRun run = CommandRun.of("scan", manifest, "--policies", file("p/owner.yaml", OWNER), "--format", "json");

        assertThat(run.code()).as(run.err()).isEqualTo(1);
        JsonNode violation = new ObjectMapper().readTree(run.out()).at("/results/0/violations/0");
        assertThat(violation.path("id").asText()).isEqualTo("owner-label");
        assertThat(violation.path("severity").asText()).isEqualTo("medium");
        assertThat(violation.path("path").asText()).isEqualTo("metadata.labels['example.org/owner']");
        assertThat(violation.path("line").asInt()).isPositive();
        assertThat(violation.path("message").asText()).contains("Every workload names its owner");
    }

    @Test
    void alsoBesideAFrameworkFromFoldersAndInEveryFormat() throws IOException {
        file("p/owner.yaml", OWNER);

        for (String format : new String[] {"table", "json", "sarif", "junit", "markdown", "html"}) {
            CommandRun run = CommandRun.of("scan", manifest, "--policies", folder.resolve("p").toString(), "--framework",
                    "pss-restricted", "--format", format);

            assertThat(run.code()).as(format + ": " + run.err()).isEqualTo(1);
            assertThat(run.out()).as(format).contains("owner-label");
        }
    }

    @Test
    void saysWhatAScanCannotJudge() throws IOException {
        String policies = file("p.yaml", """
                policies:
                - name: only-alice
                  match: {users: [alice]}
                  conditions: [{field: image, operator: exists}]
                - name: harden
                  action: mutate
                  set: [{in: pod, field: hostPID, value: false}]
                """);

        CommandRun run = CommandRun.of("scan", manifest, "--policies", policies);

        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.err()).contains("policy only-alice is about who asks").doesNotContain("harden");
    }

    @Test
    void aPolicyThatCannotBeUsedIsOneLineAndExitsWithTwo() throws IOException {
        CommandRun broken = CommandRun.of("scan", manifest, "--policies", file("p.yaml", OWNER.replace("operator", "op")));
        CommandRun taken = CommandRun.of("scan", manifest, "--policies",
                file("q.yaml", OWNER.replace("owner-label", "privileged-container")));
        CommandRun missing = CommandRun.of("scan", manifest, "--policies", folder.resolve("none").toString());

        assertThat(broken.code()).isEqualTo(2);
        assertThat(broken.err()).contains("p.yaml:6: unknown key op in a condition").hasLineCount(1);
        assertThat(taken.code()).isEqualTo(2);
        assertThat(taken.err()).contains("has the name of a built-in check").hasLineCount(1);
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("does not exist").hasLineCount(1);
        assertThat(missing.out()).isEmpty();
    }
}
