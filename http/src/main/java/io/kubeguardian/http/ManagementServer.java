package io.kubeguardian.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerResponse;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** Plain HTTP for the kubelet and Prometheus: {@code /healthz}, {@code /readyz}, {@code /metrics}. */
public final class ManagementServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 64;
    private static final long MOST_PAYLOAD_BYTES = 0;
    private static final String TEXT = "text/plain; charset=utf-8";

    private final WebServer server;

    /**
     * What a part says of itself.
     *
     * @param health why it must be restarted; empty: it is well
     * @param readiness why it cannot do its work yet, or now; empty: it can
     * @param metrics told in Prometheus' text format 0.0.4
     */
    public record Part(Supplier<String> health, Supplier<String> readiness, CollectorRegistry metrics) {}

    /**
     * Serves until {@link #close()}.
     *
     * @param section of the configuration, which has the key {@code host}
     * @param portKey the section's key that the port comes from
     * @throws io.kubeguardian.config.ConfigException when the port is taken or the address is not this machine's
     */
    public ManagementServer(String section, String portKey, String host, int port, Part part) {
        this.server = HttpServers.start(section, portKey, host, port,
                WebServer.builder()
                        .maxTcpConnections(MOST_CONNECTIONS)
                        .maxPayloadSize(MOST_PAYLOAD_BYTES)
                        .routing(routing -> routing
                                .get("/healthz", (request, response) -> state(response, part.health().get()))
                                .get("/readyz", (request, response) -> state(response, part.readiness().get()))
                                .get("/metrics", (request, response) ->
                                        send(response, 200, TextFormat.CONTENT_TYPE_004, text(part.metrics())))
                                .get((request, response) ->
                                        send(response, 404, TEXT, "try /healthz, /readyz or /metrics\n"))
                                .any((request, response) -> send(response, 405, TEXT, "method not allowed; GET\n"))));
    }

    public int port() {
        return server.port();
    }

    private static String text(CollectorRegistry metrics) {
        StringWriter text = new StringWriter(8192);
        try {
            TextFormat.write004(text, metrics.metricFamilySamples());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        }
        return text.toString();
    }

    private static void state(ServerResponse response, String problem) {
        if (problem.isEmpty()) {
            send(response, 200, TEXT, "ok\n");
        } else {
            send(response, 503, TEXT, problem + '\n');
        }
    }

    private static void send(ServerResponse response, int status, String type, String text) {
        response.status(status).header(HeaderNames.CONTENT_TYPE, type).send(text);
    }

    @Override
    public void close() {
        server.stop();
    }
}
