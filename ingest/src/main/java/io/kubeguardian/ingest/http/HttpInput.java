package io.kubeguardian.ingest.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.kubeguardian.config.IngestSettings;
import io.kubeguardian.http.BodyReader;
import io.kubeguardian.http.HttpServers;
import io.kubeguardian.http.ServerCertificate;
import io.kubeguardian.ingest.ForeignSensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes lines by POST, one or several to a body: {@code /falco} (and {@code /}, where Falco expects falcosidekick) and
 * {@code /tetragon}. HTTP/1.1, over TLS where a certificate is configured, also with the client's certificate asked for.
 */
public final class HttpInput implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpInput.class);
    private static final Duration LONGEST_BODY = Duration.ofSeconds(10);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(90);
    private static final int MOST_CONNECTIONS = 256;
    private static final HeaderName RETRY_AFTER = HeaderNames.create("Retry-After");
    private static final String RETRY_SECONDS = "5";
    private static final Set<String> TYPES =
            Set.of("application/json", "application/x-ndjson", "application/jsonl", "text/plain");

    /** What is answered. @param message of an error; else empty */
    public record Answer(int status, int taken, String message) {}

    /** Takes a body; the answer tells when it is safe, or why not. */
    public interface Taker {
        Answer take(ForeignSensor sensor, byte[] body);
    }

    private final Taker taker;
    private final IntConsumer answered;
    private final BodyReader bodies;
    private final WebServer server;

    /**
     * @param answered is told each answer's status
     * @throws io.kubeguardian.config.ConfigException when port, address or certificate cannot be used
     */
    public HttpInput(IngestSettings settings, Taker taker, IntConsumer answered) {
        this.taker = taker;
        this.answered = answered;
        this.bodies = new BodyReader("ingest.maxRequestBytes", settings.maxRequestBytes(), LONGEST_BODY);
        WebServerConfig.Builder builder = WebServer.builder()
                .maxTcpConnections(MOST_CONNECTIONS)
                .contentEncoding(encodings -> encodings.contentEncodingsDiscoverServices(false)
                        .addContentEncoding(new GzipBodies()))
                .connectionOptions(SocketOptions.builder().readTimeout(LONGEST_SILENCE).build())
                .routing(routing -> routing
                        .post("/", (request, response) -> post(ForeignSensor.FALCO, request, response))
                        .post("/falco", (request, response) -> post(ForeignSensor.FALCO, request, response))
                        .post("/tetragon", (request, response) -> post(ForeignSensor.TETRAGON, request, response))
                        .any((request, response) -> refuseUnread(request, response, 404, "POST to /falco or /tetragon"))
                        .error(RuntimeException.class, this::fail));
        if (!settings.certificate().isEmpty()) {
            builder.tls(tls(settings));
        }
        this.server = HttpServers.start("ingest", "port", settings.host(), settings.port(), builder);
    }

    private static Tls tls(IngestSettings settings) {
        ServerCertificate certificate = ServerCertificate.read("ingest", Path.of(settings.certificate()),
                Path.of(settings.privateKey()));
        boolean asks = !settings.clientAuthority().isEmpty();
        List<X509Certificate> authorities = asks
                ? ServerCertificate.certificates("ingest.clientAuthority", Path.of(settings.clientAuthority())) : List.of();
        return Tls.builder()
                .sslContext(certificate.tls(authorities))
                .enabledProtocols(List.of("TLSv1.3", "TLSv1.2"))
                .clientAuth(asks ? TlsClientAuth.REQUIRED : TlsClientAuth.NONE)
                .build();
    }

    public int port() {
        return server.port();
    }

    private void post(ForeignSensor sensor, ServerRequest request, ServerResponse response) {
        String type = request.headers().contentType().map(t -> t.mediaType().text().toLowerCase(Locale.ROOT)).orElse("");
        if (!type.isEmpty() && !TYPES.contains(type)) {
            refuseUnread(request, response, 415, "Content-Type must be application/json or application/x-ndjson");
            return;
        }
        Answer answer;
        try {
            // The length of a compressed body says nothing of what it unpacks to.
            long announced = request.headers().contains(HeaderNames.CONTENT_ENCODING)
                    ? -1 : request.headers().contentLength().orElse(-1);
            answer = BodyReader.orClose(() -> read(sensor, request, announced), () -> answered.accept(0));
        } catch (BodyReader.RefusedException e) {
            refuse(response, e.status(), e.getMessage());
            return;
        }
        send(response, answer);
    }

    private Answer read(ForeignSensor sensor, ServerRequest request, long announced)
            throws IOException, BodyReader.RefusedException {
        try {
            return bodies.read(request.content().inputStream(), announced, body -> taker.take(sensor, body));
        } catch (ZipException | EOFException e) {
            throw new BodyReader.RefusedException(400, "invalid", "the body is not gzip as its Content-Encoding says");
        }
    }

    private void refuseUnread(ServerRequest request, ServerResponse response, int status, String message) {
        bodies.drain(request, () -> answered.accept(0));
        refuse(response, status, message);
    }

    /** The connection ends with the answer, in case there is more of the body than was let go by. */
    private void refuse(ServerResponse response, int status, String message) {
        response.header(HeaderValues.CONNECTION_CLOSE);
        send(response, new Answer(status, 0, message));
    }

    private void send(ServerResponse response, Answer answer) {
        answered.accept(answer.status());
        if (answer.status() == 503) {
            response.header(RETRY_AFTER, RETRY_SECONDS);
        }
        String error = answer.message().isEmpty() ? "" : ",\"error\":\"" + escaped(answer.message()) + '"';
        response.status(Status.create(answer.status()))
                .header(HeaderValues.CONTENT_TYPE_JSON)
                .send(("{\"taken\":" + answer.taken() + error + "}\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String escaped(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }

    private void fail(ServerRequest request, ServerResponse response, RuntimeException problem) {
        LOG.error("event=request-failed", problem);
        refuse(response, 500, "internal error; see the ingest's log");
    }

    /** Stops accepting, lets requests under way end for a moment, closes. */
    @Override
    public void close() {
        server.stop();
    }
}
