package io.kubeguardian.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatternsCommandTest {
    private static final String GOOD = """
            title: Two steps
            id: two-steps
            correlation: {type: temporal, rules: [a, b], group-by: [pod], timespan: 5m}
            """;

    @TempDir
    Path folder;

    @Test
    void thoseThatComeWithItAreListed() throws Exception {
        CommandRun table = CommandRun.of("patterns", "list");
        JsonNode json = new ObjectMapper().readTree(CommandRun.of("patterns", "list", "--format", "json").out());

        assertThat(table.code()).isZero();
        assertThat(table.out()).contains("drop-run-call-home", "temporal_ordered", "CRITICAL");
        assertThat(json.path("patterns").size()).isGreaterThanOrEqualTo(15);
        assertThat(json.path("digest").asText()).startsWith("sha256:");
    }

    @Test
    void aMistakeIsOneLineWithItsPlaceAndExitsOne() throws Exception {
        Path good = Files.writeString(folder.resolve("good.yaml"), GOOD);
        Path bad = Files.writeString(folder.resolve("bad.yaml"), GOOD.replace("5m", "soon").replace("two-steps", "x"));

        assertThat(CommandRun.of("patterns", "check", good.toString()).code()).isZero();
        CommandRun run = CommandRun.of("patterns", "check", folder.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("bad.yaml:3: timespan soon is not");
        assertThat(CommandRun.of("patterns", "check", bad.toString(), "--format", "json").out())
                .contains("\"valid\" : false");
    }

    @Test
    void wrongUseAndWhatCannotBePublishedExitTwo() throws Exception {
        Path bad = Files.writeString(folder.resolve("bad.yaml"), GOOD.replace("temporal", "near"));

        assertThat(CommandRun.of("patterns").code()).isEqualTo(2);
        assertThat(CommandRun.of("patterns", "publish", bad.toString()).code()).isEqualTo(2);
        assertThat(CommandRun.of("patterns", "publish", bad.toString()).err()).contains("bad.yaml:3: correlation type near");
        CommandRun missing = CommandRun.of("patterns", "check", folder.resolve("none").toString());
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("none: does not exist");
        assertThat(CommandRun.of("patterns", "list", folder.resolve("none").toString()).code()).isEqualTo(2);
    }
}
