package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
    @Test
    void aWebhookWhoseRiskFeedHasFailedAsksToBeRestarted() throws Exception {
        AtomicBoolean alive = new AtomicBoolean(true);
        try (ManagementServer server = new ManagementServer(
                        AdmissionServerTest.settings(0), alive::get, () -> true, new WebhookMetrics());
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(healthz(http, server)).isEqualTo(200);

            alive.set(false);

            assertThat(healthz(http, server)).isEqualTo(503);
        }
    }

    private static int healthz(HttpClient http, ManagementServer server) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/healthz")).build(),
                BodyHandlers.discarding()).statusCode();
    }
}
