package io.kubeguardian.webhook;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerResponse;
import io.kubeguardian.config.WebhookSettings;
import io.prometheus.client.exporter.common.TextFormat;
import java.util.function.BooleanSupplier;

/** Plain HTTP for the kubelet and Prometheus: {@code /healthz}, {@code /readyz}, {@code /metrics}. */
final class ManagementServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 64;
    private static final long MOST_PAYLOAD_BYTES = 0;
    private static final String TEXT = "text/plain; charset=utf-8";

    private final WebServer server;

    /** @throws io.kubeguardian.config.ConfigException when the port is taken or the address is not this machine's */
    ManagementServer(WebhookSettings settings, BooleanSupplier alive, BooleanSupplier ready, WebhookMetrics metrics) {
        this.server = HttpServers.start("webhook.managementPort", settings.host(), settings.managementPort(),
                WebServer.builder()
                        .maxTcpConnections(MOST_CONNECTIONS)
                        .maxPayloadSize(MOST_PAYLOAD_BYTES)
                        .routing(routing -> routing
                                .get("/healthz", (request, response) -> {
                                    if (alive.getAsBoolean()) {
                                        send(response, 200, TEXT, "ok\n");
                                    } else {
                                        send(response, 503, TEXT, "the risk topic is no longer followed; restart it\n");
                                    }
                                })
                                .get("/readyz", (request, response) -> {
                                    if (ready.getAsBoolean()) {
                                        send(response, 200, TEXT, "ok\n");
                                    } else {
                                        send(response, 503, TEXT, "still reading the risk topic\n");
                                    }
                                })
                                .get("/metrics", (request, response) ->
                                        send(response, 200, TextFormat.CONTENT_TYPE_004, metrics.text()))
                                .get((request, response) ->
                                        send(response, 404, TEXT, "try /healthz, /readyz or /metrics\n"))
                                .any((request, response) -> send(response, 405, TEXT, "method not allowed; GET\n"))));
    }

    int port() {
        return server.port();
    }

    private static void send(ServerResponse response, int status, String type, String text) {
        response.status(status).header(HeaderNames.CONTENT_TYPE, type).send(text);
    }

    @Override
    public void close() {
        server.stop();
    }
}
