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
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * /metrics, /healthz (it runs as it should) and /readyz (events reach Kafka); the last two answer 503 with the reason in
 * one line.
 */
public final class ManagementServer implements AutoCloseable {
    private final HttpServer server;

    private ManagementServer(HttpServer server) {
        this.server = server;
    }

    /** Serves. @param port 0: any free one @throws IllegalArgumentException when it is taken */
    public static ManagementServer start(int port, Supplier<Status> status) {
        CollectorRegistry registry = new CollectorRegistry();
        registry.register(new StatusMetrics(status));
        HttpServer server = bind(port);
        // A thread per request: one that never comes to its end must not keep the kubelet waiting.
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/metrics", exchange -> {
            StringWriter text = new StringWriter();
            TextFormat.write004(text, registry.metricFamilySamples());
            answer(exchange, 200, TextFormat.CONTENT_TYPE_004, text.toString());
        });
        server.createContext("/healthz", exchange -> answer(exchange, status.get().broken()));
        server.createContext("/readyz", exchange -> answer(exchange, status.get().notReady()));
        server.start();
        return new ManagementServer(server);
    }

    private static HttpServer bind(int port) {
        try {
            return HttpServer.create(new InetSocketAddress(port), 0);
        } catch (IOException e) {
            throw new IllegalArgumentException("collector.metricsPort " + port + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static void answer(HttpExchange exchange, String problem) throws IOException {
        answer(exchange, problem.isEmpty() ? 200 : 503, "text/plain; charset=utf-8",
                problem.isEmpty() ? "ok\n" : problem + '\n');
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
