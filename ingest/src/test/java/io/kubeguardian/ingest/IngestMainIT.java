package io.kubeguardian.ingest;

import static io.kubeguardian.ingest.tetragon.Export.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.ingest.tetragon.Export;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ingest as a process, with the flags of {@code ingest.jvm}. Runs in the module's folder. */
class IngestMainIT {
    private static final int SIGTERM_EXIT = 143;

    @TempDir
    Path folder;

    @Test
    void asAProcessItReadsDrainsOnSigtermAndRemembersHowFarItCame() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            Export export = new Export(1_780_000_000L);
            Path log = folder.resolve("tetragon.log");
            StringBuilder lines = new StringBuilder();
            for (int i = 1; i <= 3000; i++) {
                lines.append(export.event("process_exec", i * SECOND,
                        export.process(i * SECOND, i + 1000, "/bin/tool-" + i, ""), null)).append('\n');
            }
            Files.writeString(log, lines);
            Path config = Files.writeString(folder.resolve("kubeguardian.yaml"), """
                    kafka: {bootstrapServers: "%s"}
                    ingest: {cluster: prod, tetragonFiles: ["%s"], stateFile: "%s", managementPort: 0, host: 127.0.0.1}
                    """.formatted(kafka.bootstrapServers(), log, folder.resolve("state/ingest.json")));
            Process process = start("--config", config.toString());
            try (BufferedReader errors = process.errorReader()) {
                String line = errors.readLine();
                while (line != null && !line.startsWith("ingest: ready port=-1 managementPort=")) {
                    line = errors.readLine();
                }
                assertThat(line).isNotNull();
                events(kafka, 1);

                process.destroy();

                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(SIGTERM_EXIT);
                long read = offset();
                long onTopic = events(kafka, 0).stream().mapToLong(b -> b.getExecs().size()).sum();
                assertThat(Files.readString(log).substring(0, (int) read).lines().count()).isEqualTo(onTopic);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void whatItCannotUseIsOneLineAndExitCodeTwo() throws Exception {
        Path config = Files.writeString(folder.resolve("kubeguardian.yaml"), "ingest: {falcoFile: [a.json]}\n");

        Process process = start("--config", config.toString());

        try (BufferedReader errors = process.errorReader()) {
            List<String> lines = errors.lines().collect(Collectors.toList());
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(2);
            assertThat(lines).hasSize(1);
            assertThat(lines.getFirst()).startsWith("ingest: ").endsWith("unknown key ingest.falcoFile; did you mean falcoFiles?");
        } finally {
            process.destroyForcibly();
        }
    }

    /** All that is on the topic, as soon as there are so many events. */
    private static List<EventBatch> events(EmbeddedKafka kafka, int least) throws Exception {
        if (least > 0) {
            return TopicReader.records(kafka.clientProperties(), Topics.EVENTS, EventBatch.class, b -> b.size() >= least);
        }
        return TopicReader.all(kafka.clientProperties(), Topics.EVENTS, EventBatch.class);
    }

    private long offset() throws Exception {
        return new com.fasterxml.jackson.databind.ObjectMapper().readTree(folder.resolve("state/ingest.json").toFile())
                .path("files").path(folder.resolve("tetragon.log").toString()).path("position").path("offset").asLong();
    }

    private static Process start(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@ingest.jvm", "-cp",
                System.getProperty("java.class.path"), IngestMain.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeIf(name -> name.startsWith("KUBEGUARDIAN_"));
        return builder.start();
    }
}
