package io.kubeguardian.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever lies in a folder, the scan ends in bounded time, says what it could not read, and judges the rest. */
class ScanHostileTest {
    @TempDir
    private Path folder;

    private JsonNode scan(int code) throws IOException {
        CommandRun run = CommandRun.of("scan", folder.toString(), "--format", "json");
        assertThat(run.code()).as(run.err()).isEqualTo(code);
        return new ObjectMapper().readTree(run.out());
    }

    @Test
    void linksThatLeadBackAreWalkedOnce() throws IOException {
        Path inner = Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(inner.resolve("pod.yaml"), ScanCommandTest.resource("privileged.yaml"));
        Files.createSymbolicLink(inner.resolve("back"), folder);
        Files.createSymbolicLink(folder.resolve("twice.yaml"), inner.resolve("pod.yaml"));
        Files.createSymbolicLink(folder.resolve("nowhere.yaml"), Path.of("/does/not/exist"));

        assertThat(scan(1).at("/summary/files").asInt()).isEqualTo(1);
    }

    @Test
    void aFolderWithoutManifestsIsToldBecauseAWrongPathWouldPassAsFine() throws IOException {
        Files.writeString(folder.resolve("readme.txt"), "hello");

        CommandRun run = CommandRun.of("scan", folder.toString());

        assertThat(run.code()).isZero();
        assertThat(run.err()).contains(folder + " holds no .yaml, .yml or .json file");
    }

    @Test
    void bytesThatAreNoTextDepthAndBombsAreErrors() throws IOException {
        Files.write(folder.resolve("nul.yaml"), "a: b\nc: \0\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', '\n', 'b', ':', ' ', (byte) 0xE4});
        Files.write(folder.resolve("utf16.yaml"), "a: b".getBytes(java.nio.charset.StandardCharsets.UTF_16));
        Files.writeString(folder.resolve("deep.json"), "[".repeat(100_000));
        Files.writeString(folder.resolve("deep.yaml"), "- ".repeat(50_000) + "a");
        Files.writeString(folder.resolve("twice.yaml"), "apiVersion: v1\nkind: Pod\nspec: {}\nspec: {}\n");
        Files.writeString(folder.resolve("self.yaml"), "a: &a\n- *a\n");
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i)).append(("*a" + (i - 1) + ", ").repeat(9)).append("*a" + (i - 1) + "]\n");
        }
        Files.writeString(folder.resolve("bomb.yaml"), bomb);
        try (RandomAccessFile huge = new RandomAccessFile(folder.resolve("huge.yaml").toFile(), "rw")) {
            huge.setLength(Inputs.MOST_BYTES + 1L); // sparse
        }
        Files.writeString(folder.resolve("fine.yaml"), ScanCommandTest.resource("privileged.yaml"));

        JsonNode report = scan(2);

        assertThat(report.path("errors")).extracting(error -> Path.of(error.path("file").asText()).getFileName().toString())
                .containsExactlyInAnyOrder("nul.yaml", "latin.yaml", "utf16.yaml", "deep.json", "deep.yaml", "twice.yaml",
                        "self.yaml", "bomb.yaml", "huge.yaml");
        assertThat(report.path("errors")).allSatisfy(error -> assertThat(error.path("message").asText()).hasSizeLessThan(300));
        assertThat(line(report, "nul.yaml")).isEqualTo(2);
        assertThat(line(report, "latin.yaml")).isEqualTo(2);
        assertThat(line(report, "twice.yaml")).isEqualTo(4);
        assertThat(report.at("/summary/violations").asInt()).isPositive();
    }

    private static int line(JsonNode report, String file) {
        return report.path("errors").valueStream().filter(error -> error.path("file").asText().endsWith(file)).findFirst()
                .orElseThrow().path("line").asInt();
    }

    @Test
    void largeFilesOfOneLineAndOfManyDocumentsTakeTimeInProportion() throws IOException {
        Files.writeString(folder.resolve("line.json"), "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"data\": {\"a\": \""
                + "x".repeat(4_000_000) + "\"}}");
        Files.writeString(folder.resolve("many.yaml"), "---\n".repeat(200_000) + "a: b\n---\n".repeat(50_000));
        Files.writeString(folder.resolve("colons.yaml"), "a: " + "://a:".repeat(200_000) + "x\n");

        assertThat(scan(0).at("/summary/documents").asInt()).isEqualTo(50_002);
    }

    @Test
    void objectsOfManyFieldsAndListsOfManyItemsToo() throws IOException {
        StringBuilder yaml = new StringBuilder("apiVersion: v1\nkind: ConfigMap\ndata:\n");
        StringBuilder json = new StringBuilder("{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"data\": {");
        StringBuilder capabilities = new StringBuilder("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n"
                + "    securityContext: {capabilities: {add: [CHOWN");
        for (int i = 0; i < 150_000; i++) {
            yaml.append("  k").append(i).append(": a\n");
            json.append("\"k").append(i).append("\": \"a\", ");
            capabilities.append(i % 20 == 0 ? ", SYS_ADMIN" : "");
        }
        Files.writeString(folder.resolve("many.yaml"), yaml);
        Files.writeString(folder.resolve("many.json"), json.append("\"k\": \"a\"}}"));
        Files.writeString(folder.resolve("many-anchored.yaml"), yaml.append("  k: &a a\n"));
        Files.writeString(folder.resolve("capabilities.yaml"), capabilities.append("]}}\n"));

        assertThat(scan(1).at("/summary/resources").asInt()).isEqualTo(4);
    }
}
