package io.kubeguardian.webhook.image;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/**
 * Stands before the real registry and gives it what Debian's does not have: the referrers API, blobs elsewhere (as cloud
 * registries have them), slowness, and lies.
 */
final class RegistryFront implements AutoCloseable {
    private final DockerRegistry registry;
    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    volatile CountDownLatch held = new CountDownLatch(0);
    volatile boolean blobsElsewhere;
    volatile boolean lies;

    RegistryFront(DockerRegistry registry) throws IOException {
        this.registry = registry;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            held.await();
            String path = exchange.getRequestURI().getPath().replace("/referrers/sha256:", "/manifests/sha256-");
            String target = "http://" + registry.host() + path;
            if (blobsElsewhere && path.contains("/blobs/")) {
                exchange.getResponseHeaders().set("Location", target);
                exchange.sendResponseHeaders(307, -1);
                return;
            }
            HttpResponse<byte[]> response = http.send(HttpRequest.newBuilder(URI.create(target))
                    .header("Accept", exchange.getRequestHeaders().getFirst("Accept"))
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody()).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            for (String name : List.of("Content-Type", "Docker-Content-Digest")) {
                response.headers().firstValue(name).ifPresent(value -> exchange.getResponseHeaders().set(name, value));
            }
            byte[] body = response.body();
            if (lies && path.contains("/blobs/") && body.length > 0) {
                body[body.length - 1] ^= 1;
            }
            exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        held.countDown();
        server.stop(0);
        http.close();
    }
}
