package io.kubeguardian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.TopicSetup;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as its user runs it. */
class IngestCommandIT {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @Test
    void theIngestTakesAlertsUntilTheCommandIsEndedAndLeavesNothingBehind() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            Process command = ingest("""
                    kafka: {bootstrapServers: "%s"}
                    ingest: {cluster: prod, port: 0, managementPort: -1, host: 127.0.0.1}
                    """.formatted(kafka.bootstrapServers()));
            try (BufferedReader lines = command.inputReader()) {
                String ready = lines.lines().filter(line -> line.startsWith("ingest: ready port=")).findFirst().orElseThrow();
                int port = Integer.parseInt(ready.replaceAll(".* port=(\\d+) .*", "$1"));
                ProcessHandle ingest = command.children().findFirst().orElseThrow();
                assertThat(post(port, "{\"time\": \"2026-03-01T12:00:00Z\", \"rule\": \"R\", \"priority\": \"Error\","
                        + " \"output\": \"o\", \"output_fields\": {}}")).isEqualTo(200);

                command.toHandle().destroy(); // as Process.destroy(), which also closes its output

                assertThat(command.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(ingest.isAlive()).isFalse();
                assertThat(lines.lines()).containsExactly("kubeguardian: stopped");
            } finally {
                command.descendants().forEach(ProcessHandle::destroyForcibly);
                command.destroyForcibly();
            }
        }
    }

    @Test
    void whatItCannotUseIsOneLineAndExitCodeTwo() throws Exception {
        Process command = ingest("ingest: {managementPort: -1}\n");

        List<String> lines = command.inputReader().readAllLines();

        assertThat(command.waitFor()).isEqualTo(2);
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).startsWith("ingest: nothing to read");
    }

    private Process ingest(String config) throws Exception {
        Path file = Files.writeString(folder.resolve("kubeguardian.yaml"), config);
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + PROJECT.resolve("cli/cli.jvm"),
                "-Dkubeguardian.home=" + PROJECT, "-cp", new Home(PROJECT).classPath("cli"),
                Main.class.getName(), "ingest", "--config", file.toString()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("KUBEGUARDIAN_"));
        return builder.start();
    }

    private static int post(int port, String body) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }
}
