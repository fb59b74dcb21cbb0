package io.kubeguardian.collector.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.collector.attribute.AttributionCounts;
import io.kubeguardian.collector.batch.KindCounters;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.ship.BacklogStatus;
import io.kubeguardian.collector.ship.KafkaErrors;
import io.kubeguardian.collector.ship.ShipperStatus;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.SensorMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(kubeguardian_collector_\\w+)` \\| (\\w+) \\| ([^|]*)\\|");
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\w+)$");

    private String broken = "";
    private String notReady = "";
    private final ManagementServer server = ManagementServer.start(0, this::status);
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    @Test
    void everyMetricIsInTheDocumentationWithItsTypeAndLabels() throws Exception {
        List<String> documented = new ArrayList<>();
        ROW.matcher(Files.readString(Path.of("../docs/metrics.md"))).results().forEach(row -> documented.add(
                row.group(1) + ' ' + row.group(2) + ' ' + row.group(3).replaceAll("[` ]", "")));

        String scrape = get("/metrics").body();

        List<String> served = new ArrayList<>();
        TYPE.matcher(scrape).results().forEach(
                type -> served.add(type.group(1) + ' ' + type.group(2) + ' ' + labels(scrape, type.group(1))));
        assertThat(served).containsExactlyInAnyOrderElementsOf(documented);
    }

    /** Of the metric's first sample. */
    private static String labels(String scrape, String metric) {
        String first = scrape.lines().filter(l -> l.matches(metric + "[ {].*")).findFirst().orElseThrow();
        return Pattern.compile("(\\w+)=\"").matcher(first).results().map(label -> label.group(1))
                .collect(Collectors.joining(","));
    }

    @Test
    void valuesAreThoseOfTheStatus() throws Exception {
        assertThat(get("/metrics").body().lines()).contains(
                "kubeguardian_collector_lost_events_total{class=\"bulk\",cause=\"queue_full\",} 12.0",
                "kubeguardian_collector_lost_events_total{class=\"precious\",cause=\"ring_full\",} 0.0",
                "kubeguardian_collector_events_total{class=\"bulk\",kind=\"open\",} 0.0",
                "kubeguardian_collector_ring_used_bytes{ring=\"bulk\",} 20.0",
                "kubeguardian_collector_backlog_bytes{state=\"waiting\",} 2000.0",
                "kubeguardian_collector_backlog_limit_bytes 5000.0",
                "kubeguardian_collector_kafka_stalled_seconds 1.5",
                "kubeguardian_collector_kafka_errors_total{kind=\"unreachable\",} 7.0",
                "kubeguardian_collector_kafka_errors_total{kind=\"authentication\",} 0.0",
                "kubeguardian_collector_sensor_active{sensor=\"exec\",hook=\"tp_btf/sched_process_exec\",} 1.0",
                "kubeguardian_collector_sensor_active{sensor=\"contain.freeze\",hook=\"\",} 0.0",
                "kubeguardian_collector_containments{state=\"active\",} 0.0",
                "kubeguardian_collector_unwatched_seconds 2.5",
                "kubeguardian_collector_ready 1.0");
    }

    @Test
    void healthAndReadinessGiveTheReason() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body()).isEqualTo("ok\n");
        broken = "the reader stopped";
        notReady = "Kafka is away";

        HttpResponse<String> health = get("/healthz");

        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.body()).isEqualTo("the reader stopped\n");
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("Kafka is away\n");
        assertThat(get("/metrics").body()).contains("kubeguardian_collector_ready 0.0");
    }

    @Test
    void aClientThatSaysHalfARequestKeepsNobodyWaiting() throws Exception {
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            slow.getOutputStream().write("GET /metr".getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();

            assertThat(get("/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        assertThatThrownBy(() -> ManagementServer.start(server.port(), this::status).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("collector.metricsPort " + server.port() + " cannot be used: Address already in use");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private Status status() {
        return new Status(new Origin("c", "n", "b", 42, 0, 2_500),
                List.of(new SensorMode("exec", "tp_btf/sched_process_exec", ""),
                        new SensorMode("contain.freeze", "", "not supported")),
                List.of(new Loss(EventClass.BULK, LossCause.QUEUE_FULL, 12L)), List.of(), 99, 8, 9, 10, 11,
                new KindCounters().counts(),
                List.of(new Status.Ring("precious", 10, 100, 1_000), new Status.Ring("bulk", 20, 200, 2_000)),
                new AttributionCounts(1, 2, 3, 4, 5), 6,
                new ShipperStatus(new BacklogStatus(3, 2_000, 4, 3_000, 5_000, 1_500_000_000), 5, 500, 1, 1,
                        Map.of(KafkaErrors.Kind.UNREACHABLE, 7L)),
                80 << 20, broken, notReady);
    }
}
