package io.kubeguardian.webhook;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.kubeguardian.config.WebhookSettings;
import io.kubeguardian.http.BodyReader;
import io.kubeguardian.http.HttpServers;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTPS: TLS 1.3, HTTP/1.1 with keep-alive, a virtual thread per connection. A handler for each path. */
final class AdmissionServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdmissionServer.class);

    /** The API server gives up after 10 s by default (30 s at most). */
    private static final Duration LONGEST_BODY = Duration.ofSeconds(10);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(90);
    private static final int MOST_CONNECTIONS = 1024;

    private final BodyReader bodies;
    private final Tracing tracing;
    private final WebhookMetrics metrics;
    private final WebServer server;

    /** @throws io.kubeguardian.config.ConfigException when the port is taken or the address is not this machine's */
    AdmissionServer(
            WebhookSettings settings, SSLContext tls, Map<String, ? extends Function<byte[], AdmissionHandler.Answer>> handlers,
            Tracing tracing, WebhookMetrics metrics) {
        this.tracing = tracing;
        this.bodies = new BodyReader("webhook.maxRequestBytes", settings.maxRequestBytes(), LONGEST_BODY);
        this.metrics = metrics;
        this.server = HttpServers.start("webhook", "port", settings.host(), settings.port(), WebServer.builder()
                .tls(Tls.builder().sslContext(tls).enabledProtocols(List.of("TLSv1.3"))
                        .clientAuth(settings.clientAuthority().isEmpty() ? TlsClientAuth.NONE : TlsClientAuth.REQUIRED)
                        .build())
                .maxTcpConnections(MOST_CONNECTIONS)
                .connectionOptions(SocketOptions.builder().readTimeout(LONGEST_SILENCE).build())
                .routing(routing -> {
                    handlers.forEach((path, handler) -> routing
                            .post(path, (request, response) -> review(path, handler, request, response))
                            .any(path, (request, response) -> refuseUnread(request,
                                    response.header(HeaderNames.ALLOW, "POST"), 405,
                                    "method not allowed; POST an AdmissionReview")));
                    routing.any((request, response) -> refuseUnread(request, response, 404, "no such path; POST to "
                                    + String.join(" or ", new TreeSet<>(handlers.keySet()))))
                            .error(RuntimeException.class, this::fail);
                }));
    }

    int port() {
        return server.port();
    }

    private void review(
            String path, Function<byte[], AdmissionHandler.Answer> handler, ServerRequest request, ServerResponse response) {
        boolean json = request.headers().contentType()
                .map(type -> type.mediaType().text().equals("application/json"))
                .orElse(true);
        if (!json) {
            refuseUnread(request, response, 415, "Content-Type must be application/json");
            return;
        }
        Span span = tracing.request(request, path);
        int status = 500;
        try (Scope current = span.makeCurrent()) {
            AdmissionHandler.Answer answer = BodyReader.orClose(() -> bodies.read(request.content().inputStream(),
                    request.headers().contentLength().orElse(-1), handler), this::aborted);
            status = answer.status();
            send(response, answer);
        } catch (BodyReader.RefusedException e) {
            status = e.status();
            metrics.requests.labels(e.outcome(), "").inc();
            refuse(response, e.status(), e.getMessage());
        } finally {
            Tracing.end(span, status);
        }
    }

    private void refuseUnread(ServerRequest request, ServerResponse response, int status, String message) {
        bodies.drain(request, this::aborted);
        refuse(response, status, message);
    }

    private void aborted() {
        metrics.requests.labels("aborted", "").inc();
    }

    /** The connection ends with the answer, in case there is more of the body than was let go by. */
    private static void refuse(ServerResponse response, int status, String message) {
        response.header(HeaderValues.CONNECTION_CLOSE);
        send(response, AdmissionHandler.error(status, message));
    }

    private static void send(ServerResponse response, AdmissionHandler.Answer answer) {
        response.status(Status.create(answer.status()))
                .header(HeaderValues.CONTENT_TYPE_JSON)
                .send(answer.body());
    }

    private void fail(ServerRequest request, ServerResponse response, RuntimeException problem) {
        metrics.requests.labels("failed", "").inc();
        LOG.error("request failed", problem);
        refuse(response, 500, "internal error; see the webhook's log");
    }

    /** Stops accepting, lets requests under way end for a moment, closes. */
    @Override
    public void close() {
        server.stop();
    }
}
