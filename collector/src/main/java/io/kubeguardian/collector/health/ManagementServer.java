package io.kubeguardian.collector.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** /metrics, /healthz (the process runs) and /readyz (events reach Kafka). */
public final class ManagementServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
    private final HttpServer server;

    private ManagementServer(HttpServer server) {
        this.server = server;
    }

    /** Serves. @param port 0, or one that is taken: any free one */
    public static ManagementServer start(int port, Supplier<Status> status) {
        CollectorRegistry registry = new CollectorRegistry();
        registry.register(new StatusMetrics(status));
        HttpServer server = bind(port);
        server.createContext("/metrics", exchange -> {
            StringWriter text = new StringWriter();
            TextFormat.write004(text, registry.metricFamilySamples());
            answer(exchange, 200, TextFormat.CONTENT_TYPE_004, text.toString());
        });
        server.createContext("/healthz", exchange -> answer(exchange, 200, "text/plain", "ok\n"));
        server.createContext("/readyz", exchange -> {
            boolean ready = status.get().ready();
            answer(exchange, ready ? 200 : 503, "text/plain", ready ? "ok\n" : "the rings are not read, or Kafka does not take records: see the log\n");
        });
        server.start();
        return new ManagementServer(server);
    }

    private static HttpServer bind(int port) {
        try {
            return HttpServer.create(new InetSocketAddress(port), 0);
        } catch (IOException taken) {
            try {
                HttpServer other = HttpServer.create(new InetSocketAddress(0), 0);
                LOG.warn("event=metrics-port-taken wanted={} port={}", port, other.getAddress().getPort());
                return other;
            } catch (IOException e) {
                throw new IllegalStateException("no port for /metrics: " + e.getMessage(), e);
            }
        }
    }

    private static void answer(HttpExchange exchange, int code, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
