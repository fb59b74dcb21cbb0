package io.kubeguardian.ingest;

import static io.kubeguardian.ingest.tetragon.Export.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.ingest.tetragon.Export;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ingest as a process: its signals, exit codes and what it says. */
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
            try (IngestProcess ingest = IngestProcess.start(config)) {
                assertThat(ingest.port()).isEqualTo(-1);
                events(kafka, 1);

                ingest.process().destroy();

                assertThat(ingest.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(ingest.process().exitValue()).isEqualTo(SIGTERM_EXIT);
                long read = offset();
                long onTopic = events(kafka, 0).stream().mapToLong(b -> b.getExecs().size()).sum();
                assertThat(Files.readString(log).substring(0, (int) read).lines().count()).isEqualTo(onTopic);
            }
        }
    }

    @Test
    void whatItCannotUseIsOneLineAndExitCodeTwo() throws Exception {
        Path config = Files.writeString(folder.resolve("kubeguardian.yaml"), "ingest: {falcoFile: [a.json]}\n");

        try (IngestProcess ingest = IngestProcess.start(config)) {
            List<String> lines = ingest.restOfErrors();

            assertThat(ingest.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(ingest.process().exitValue()).isEqualTo(2);
            assertThat(lines).hasSize(1);
            assertThat(lines.getFirst()).startsWith("ingest: ").endsWith("unknown key ingest.falcoFile; did you mean falcoFiles?");
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
}
