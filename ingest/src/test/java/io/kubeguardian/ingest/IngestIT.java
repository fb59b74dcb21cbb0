package io.kubeguardian.ingest;

import static io.kubeguardian.ingest.tetragon.Export.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.ingest.falco.Alerts;
import io.kubeguardian.ingest.tetragon.Export;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole ingest, on a real broker. */
class IngestIT {
    @TempDir
    Path folder;

    private final Export export = new Export(1_780_000_000L);

    @Test
    void filesOfBothSensorsBecomeEventsPodsAndSignals() throws Exception {
        try (EmbeddedKafka kafka = broker()) {
            append("tetragon.log", execLine(1));
            append("falco.json", alertLine(1));
            try (Ingest ingest = Ingest.start(config(kafka.bootstrapServers(), -1))) {
                List<EventBatch> batches = events(kafka, 1);
                List<Signal> signals =
                        TopicReader.records(kafka.clientProperties(), Topics.SIGNALS, Signal.class, s -> !s.isEmpty());
                List<PodMetadata> pods =
                        TopicReader.records(kafka.clientProperties(), Topics.PODS, PodMetadata.class, p -> !p.isEmpty());

                assertThat(exes(batches)).containsExactly("/bin/tool-1");
                assertThat(signals).extracting(Signal::getRule).containsExactly("Terminal shell in container");
                assertThat(pods).extracting(PodMetadata::getUid).containsExactly(Export.POD_UID);
                assertThat(get(ingest, "/metrics").body()).contains(
                        "kubeguardian_ingest_lines_total{sensor=\"tetragon\",via=\"file\",result=\"taken\",} 1.0",
                        "kubeguardian_ingest_records_total{topic=\"kubeguardian.signals\",} 1.0");
                assertThat(get(ingest, "/readyz").statusCode()).isEqualTo(200);
                assertThat(get(ingest, "/healthz").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void malformedLinesAreDeadLettersAndCountedAndStopNothing() throws Exception {
        try (EmbeddedKafka kafka = broker();
                Ingest ingest = Ingest.start(config(kafka.bootstrapServers(), -1))) {
            append("tetragon.log", execLine(1));
            events(kafka, 1);

            append("tetragon.log", "{\"process_exec\": broken\n" + "x".repeat(5000) + '\n' + execLine(2));

            List<EventBatch> batches = events(kafka, 2);
            List<DeadLetter> letters = TopicReader.records(
                    kafka.clientProperties(), Topics.DEAD_LETTERS, DeadLetter.class, l -> l.size() >= 2);
            assertThat(exes(batches)).containsExactly("/bin/tool-1", "/bin/tool-2");
            assertThat(letters).extracting(DeadLetter::getComponent).containsOnly("ingest");
            assertThat(letters).extracting(DeadLetter::getTopic).containsOnly("file:" + folder.resolve("tetragon.log"));
            assertThat(letters.get(0).getReason()).contains("not acceptable JSON");
            assertThat(letters.get(0).getOffset()).isEqualTo(execLine(1).length());
            assertThat(letters.get(1).getReason()).contains("longer than ingest.maxLineBytes: 5000 bytes");
            assertThat(batches.getLast().getLosses()).hasSize(1);
            assertThat(batches.getLast().getLosses().getFirst().getCause()).isEqualTo(LossCause.UNREADABLE);
            assertThat(batches.getLast().getLosses().getFirst().getCount()).isEqualTo(2);
            assertThat(get(ingest, "/metrics").body())
                    .contains("lines_total{sensor=\"tetragon\",via=\"file\",result=\"malformed\",} 2.0");
        }
    }

    @Test
    void aRestartReadsOnInANewEpochAsTheSameBoot() throws Exception {
        try (EmbeddedKafka kafka = broker()) {
            append("tetragon.log", execLine(1));
            try (Ingest ingest = Ingest.start(config(kafka.bootstrapServers(), -1))) {
                events(kafka, 1);
            }
            append("tetragon.log", execLine(2));

            try (Ingest ingest = Ingest.start(config(kafka.bootstrapServers(), -1))) {
                List<EventBatch> batches = events(kafka, 2);

                assertThat(exes(batches)).containsExactly("/bin/tool-1", "/bin/tool-2");
                assertThat(batches).extracting(EventBatch::getEpoch).doesNotHaveDuplicates();
                assertThat(batches).extracting(EventBatch::getPodSequence).containsOnly(0L);
                assertThat(new TreeSet<>(batches.stream().map(EventBatch::getBootId).toList())).hasSize(1);
            }
        }
    }

    @Test
    void rotationLosesNothing() throws Exception {
        try (EmbeddedKafka kafka = broker();
                Ingest ingest = Ingest.start(config(kafka.bootstrapServers(), -1))) {
            List<String> expected = new ArrayList<>();
            for (int i = 1; i <= 20; i++) {
                append("tetragon.log", execLine(i));
                expected.add("/bin/tool-" + i);
                if (i == 1) {
                    events(kafka, 1); // what was rotated before it was ever looked at is history
                }
                if (i % 5 == 0) {
                    Files.move(folder.resolve("tetragon.log"),
                            folder.resolve("tetragon-2026-01-01T00-00-" + (10 + i) + ".000.log"));
                }
            }

            List<EventBatch> batches = events(kafka, 20);

            assertThat(exes(batches)).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void whileKafkaIsAwayReadingStopsPostsAreRefusedAndNothingIsLost() throws Exception {
        int port = freePort();
        try (Ingest ingest = Ingest.start(config("127.0.0.1:" + port, 0))) {
            // Given a broker that is not there, and a sensor that writes on
            append("tetragon.log", IntStream.rangeClosed(1, 5000).mapToObj(this::execLine).reduce("", String::concat));
            await(() -> statusOf(ingest, "/readyz") == 503);

            HttpResponse<String> refused = post(ingest, "/falco", alertLine(1).getBytes(StandardCharsets.UTF_8));

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(get(ingest, "/healthz").statusCode()).isEqualTo(200);

            // When it comes
            try (EmbeddedKafka kafka = EmbeddedKafka.start(port, Files.createDirectories(folder.resolve("kafka")))) {
                assertThat(kafka.port()).isEqualTo(port);
                TopicSetup.createMissing(kafka.clientProperties(), 2);

                // Then all of it arrives, in order and without a hole
                List<EventBatch> batches = events(kafka, 5000);
                assertThat(exes(batches)).containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 5000).mapToObj(i -> "/bin/tool-" + i).toList());
                assertThat(batches.stream().mapToLong(EventBatch::getPodSequence)).containsExactly(
                        IntStream.range(0, batches.size()).mapToLong(i -> i).boxed().toArray(Long[]::new));
                await(() -> statusOf(ingest, "/readyz") == 200);
                assertThat(post(ingest, "/falco", alertLine(1).getBytes(StandardCharsets.UTF_8)).statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void aBrokerThatComesBackWithoutItsMemoryGetsTheRest() throws Exception {
        int port = freePort();
        try (Ingest ingest = Ingest.start(config("127.0.0.1:" + port, -1))) {
            append("tetragon.log", execLine(1));
            try (EmbeddedKafka kafka = EmbeddedKafka.start(port, Files.createDirectories(folder.resolve("first")))) {
                TopicSetup.createMissing(kafka.clientProperties(), 2);
                events(kafka, 1);
            }
            append("tetragon.log", execLine(2) + execLine(3));

            try (EmbeddedKafka kafka = EmbeddedKafka.start(port, Files.createDirectories(folder.resolve("second")))) {
                TopicSetup.createMissing(kafka.clientProperties(), 2);

                assertThat(exes(events(kafka, 2))).contains("/bin/tool-2", "/bin/tool-3");
            }
        }
    }

    @Test
    void anAlertPostedIsASignalAndTwiceTheSameOne() throws Exception {
        try (EmbeddedKafka kafka = broker();
                Ingest ingest = Ingest.start(config(kafka.bootstrapServers(), 0))) {
            byte[] alert = alertLine(1).getBytes(StandardCharsets.UTF_8);

            HttpResponse<String> first = post(ingest, "/falco", alert);
            HttpResponse<String> second = post(ingest, "/", alert);

            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(first.body()).isEqualTo("{\"taken\":1}\n");
            assertThat(second.statusCode()).isEqualTo(200);
            List<Signal> signals =
                    TopicReader.records(kafka.clientProperties(), Topics.SIGNALS, Signal.class, s -> s.size() >= 2);
            assertThat(signals).extracting(Signal::getId).hasSize(2).containsOnly(signals.getFirst().getId());
        }
    }

    @Test
    void aBodyOfSeveralLinesIsTakenLineByLine() throws Exception {
        try (EmbeddedKafka kafka = broker();
                Ingest ingest = Ingest.start(config(kafka.bootstrapServers(), 0))) {
            String lines = execLine(1) + "{broken\n\n" + execLine(2);

            HttpResponse<String> answer = post(ingest, "/tetragon", lines.getBytes(StandardCharsets.UTF_8),
                    "Content-Type", "application/x-ndjson");

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(new ObjectMapper().readTree(answer.body()).path("taken").asInt()).isEqualTo(2);
            assertThat(new ObjectMapper().readTree(answer.body()).path("error").asText()).startsWith("line 2: ");
            List<EventBatch> batches = events(kafka, 2);
            assertThat(exes(batches)).containsExactly("/bin/tool-1", "/bin/tool-2");
            assertThat(batches.getLast().getLosses()).isEmpty(); // who sent it was told, and still has it
            assertThat(TopicReader.records(kafka.clientProperties(), Topics.DEAD_LETTERS, DeadLetter.class,
                    l -> !l.isEmpty())).extracting(DeadLetter::getTopic).containsExactly("http:/tetragon");
        }
    }

    @Test
    void wrongConfigurationIsOneClearLine() throws Exception {
        assertThatThrownBy(() -> Ingest.start(ConfigReader.read(null, Map.of())))
                .isInstanceOf(ConfigException.class).hasMessageContaining("nothing to read: set ingest.tetragonFiles");

        Path state = Files.writeString(folder.resolve("state.json"), "{\"version\": 7}");
        assertThatThrownBy(() -> Ingest.start(config("localhost:9092", -1)))
                .isInstanceOf(ConfigException.class).hasMessageContaining(state.toString())
                .hasMessageContaining("move it away");

        Files.delete(state);
        try (EmbeddedKafka kafka = broker();
                Ingest first = Ingest.start(config(kafka.bootstrapServers(), -1))) {
            assertThatThrownBy(() -> Ingest.start(config(kafka.bootstrapServers(), -1)))
                    .isInstanceOf(ConfigException.class).hasMessageContaining("in use by another ingest");
        }
    }

    private EmbeddedKafka broker() {
        EmbeddedKafka kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 2);
        return kafka;
    }

    private static int freePort() throws Exception {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private KubeGuardianConfig config(String brokers, int port) {
        return ConfigReader.read(null, Map.of(
                "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", brokers,
                "KUBEGUARDIAN_INGEST_CLUSTER", "prod",
                "KUBEGUARDIAN_INGEST_HOST", "127.0.0.1",
                "KUBEGUARDIAN_INGEST_PORT", Integer.toString(port),
                "KUBEGUARDIAN_INGEST_MANAGEMENT_PORT", "0",
                "KUBEGUARDIAN_INGEST_POLL_MILLIS", "10",
                "KUBEGUARDIAN_INGEST_MAX_LINE_BYTES", "4096",
                "KUBEGUARDIAN_INGEST_STATE_FILE", folder.resolve("state.json").toString(),
                "KUBEGUARDIAN_INGEST_TETRAGON_FILES", "[\"" + folder.resolve("tetragon.log") + "\"]",
                "KUBEGUARDIAN_INGEST_FALCO_FILES", "[\"" + folder.resolve("falco.json") + "\"]"));
    }

    private String execLine(int number) {
        long time = (10 + number) * SECOND;
        return export.event("process_exec", time, export.process(time, 2000 + number, "/bin/tool-" + number, ""), null)
                .toString() + '\n';
    }

    private static String alertLine(int number) {
        return Alerts.shell(Instant.ofEpochSecond(1_790_000_000L, number)).toString() + '\n';
    }

    private void append(String name, String text) throws Exception {
        Files.writeString(folder.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static List<EventBatch> events(EmbeddedKafka kafka, int events) {
        return TopicReader.records(kafka.clientProperties(), Topics.EVENTS, EventBatch.class,
                batches -> batches.stream().mapToInt(b -> b.getExecs().size()).sum() >= events);
    }

    private static List<String> exes(List<EventBatch> batches) {
        return batches.stream().flatMap(b -> b.getExecs().stream().map(e -> Collected.text(b, e.getExe()))).toList();
    }

    private static int statusOf(Ingest ingest, String path) {
        try {
            return get(ingest, path).statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<String> get(Ingest ingest, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ingest.managementPort() + path))
                    .build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static HttpResponse<String> post(Ingest ingest, String path, byte[] body, String... headers)
            throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ingest.port() + path))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** Polls; fails when it does not come true in a minute. */
    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
            Thread.sleep(50);
        }
    }
}
