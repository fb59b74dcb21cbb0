package io.kubeguardian.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.kubeguardian.cli.CommandRun;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ScanReportsTest {
    /** A name that a page, a table and a terminal must not take for their own. */
    private static final String HOSTILE = "<script>alert(1)</script>|`\\u001b[31m";

    @TempDir
    private Path folder;
    private String file;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("bad file.yaml"), ScanCommandTest.resource("privileged.yaml")
                + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: \"" + HOSTILE + "\"}\nspec: {hostIPC: true}\n---\na: [\n");
        file = folder.resolve("bad file.yaml").toString();
    }

    private CommandRun run(String format) {
        CommandRun run = CommandRun.of("scan", file, "--format", format);
        assertThat(run.code()).isEqualTo(2);
        return run;
    }

    @Test
    void sarifHasRulesResultsPlacesAndErrors() throws IOException {
        JsonNode sarif = new ObjectMapper().readTree(run("sarif").out());

        assertThat(sarif.path("version").asText()).isEqualTo("2.1.0");
        assertThat(sarif.path("$schema").asText()).contains("sarif-2.1.0");
        JsonNode run = sarif.at("/runs/0");
        assertThat(run.at("/tool/driver/name").asText()).isEqualTo("KubeGuardian");
        JsonNode rules = run.at("/tool/driver/rules");
        assertThat(rules).extracting(rule -> rule.path("id").asText()).doesNotHaveDuplicates();
        assertThat(run.path("results")).isNotEmpty().allSatisfy(result -> {
            assertThat(rules.get(result.path("ruleIndex").asInt()).path("id")).isEqualTo(result.path("ruleId"));
            assertThat(result.path("level").asText()).isIn("error", "warning", "note");
            assertThat(result.at("/message/text").asText()).isNotBlank();
            assertThat(result.at("/locations/0/physicalLocation/region/startLine").asInt()).isPositive();
            assertThat(result.at("/locations/0/physicalLocation/artifactLocation/uri").asText())
                    .endsWith("bad%20file.yaml");
            assertThat(result.at("/partialFingerprints/kubeguardian~1v1").asText()).hasSize(32);
        });
        JsonNode privileged = run.path("results").valueStream()
                .filter(result -> result.path("ruleId").asText().equals("privileged-container")).findFirst().orElseThrow();
        assertThat(privileged.at("/locations/0/physicalLocation/region/startLine").asInt()).isEqualTo(25);
        assertThat(run.at("/invocations/0/executionSuccessful").asBoolean()).isFalse();
        assertThat(run.at("/invocations/0/toolExecutionNotifications/0/message/text").asText()).contains("YAML");
    }

    @Test
    void sarifIsWhatItsSchemaAsksFor() throws IOException {
        try (InputStream file = getClass().getResourceAsStream("/schema/sarif-schema-2.1.0.json")) {
            JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(file);

            assertThat(schema.validate(new ObjectMapper().readTree(run("sarif").out()))).isEmpty();

            assertThat(schema.validate(new ObjectMapper().readTree("{\"version\": \"2.1.0\"}"))).isNotEmpty();
        }
    }

    @Test
    void junitIsXmlWithATestForEachFinding() throws Exception {
        CommandRun run = run("junit");

        Document xml = DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(run.out().getBytes(StandardCharsets.UTF_8)));
        int failures = Integer.parseInt(xml.getDocumentElement().getAttribute("failures"));
        int tests = Integer.parseInt(xml.getDocumentElement().getAttribute("tests"));
        assertThat(xml.getElementsByTagName("failure").getLength()).isEqualTo(failures).isPositive();
        assertThat(xml.getElementsByTagName("testcase").getLength()).isEqualTo(tests);
        assertThat(xml.getElementsByTagName("error").getLength()).isEqualTo(1);
    }

    @Test
    void pagesHoldNothingOfManifestsAsMarkup() {
        String html = run("html").out();
        String markdown = run("markdown").out();
        String table = run("table").out();

        assertThat(html).startsWith("<!DOCTYPE html>").contains("<svg").contains("&lt;script&gt;")
                .doesNotContain("<script>").doesNotContain("http://").doesNotContain("https://").endsWith("</html>\n");
        assertThat(markdown).contains("| framework |").contains("\\<script\\>").doesNotContain("<script>");
        assertThat(table).doesNotContain("\u001b");
    }

    @Test
    void theTableAddsUpBySeverityAndFramework() {
        String table = run("table").out();

        assertThat(table).contains("CRITICAL").contains("privileged-container").contains("CronJob shop/backup")
                .containsPattern("pss-baseline +\\d+ passed +\\d+ failed").contains("fz152")
                .containsPattern("\\d+ violations: \\d+ critical").contains("1 unreadable");
    }
}
