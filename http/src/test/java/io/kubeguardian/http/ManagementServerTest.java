package io.kubeguardian.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Gauge;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementServerTest {
    private final AtomicReference<String> health = new AtomicReference<>("");
    private final AtomicReference<String> readiness = new AtomicReference<>("");
    private final CollectorRegistry metrics = new CollectorRegistry();
    private final ManagementServer.Part part = new ManagementServer.Part(health::get, readiness::get, metrics);

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/readyz"})
    void aPartWithAProblemSaysWhich(String path) throws Exception {
        try (ManagementServer server = new ManagementServer("part", "managementPort", "127.0.0.1", 0, part)) {
            assertThat(get(server, path).statusCode()).isEqualTo(200);

            (path.equals("/healthz") ? health : readiness).set("the feed has stopped; restart it");

            HttpResponse<String> answer = get(server, path);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("the feed has stopped; restart it\n");
        }
    }

    @Test
    void metricsAreInPrometheusTextFormat() throws Exception {
        Gauge.build("kubeguardian_part_up", "1 when it is").register(metrics).set(1);
        try (ManagementServer server = new ManagementServer("part", "managementPort", "127.0.0.1", 0, part)) {
            HttpResponse<String> answer = get(server, "/metrics");

            assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
            assertThat(answer.body()).contains("# TYPE kubeguardian_part_up gauge\n", "\nkubeguardian_part_up 1.0\n");
        }
    }

    private static HttpResponse<String> get(ManagementServer server, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
                    BodyHandlers.ofString());
        }
    }
}
