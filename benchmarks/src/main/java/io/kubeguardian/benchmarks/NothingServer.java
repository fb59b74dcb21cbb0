package io.kubeguardian.benchmarks;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.WebServer;
import io.kubeguardian.http.BodyReader;
import io.kubeguardian.http.HttpServers;
import io.kubeguardian.http.SelfSigned;
import io.kubeguardian.http.ServerCertificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The server of the webhook with nothing in it: TLS 1.3, bodies read within bounds, always the same answer. In a process of its
 * own with the webhook's options. Argument: the file for its authority.
 */
public final class NothingServer {
    private static final byte[] ANSWER = ("{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":"
            + "{\"uid\":\"\",\"allowed\":true}}").getBytes(StandardCharsets.US_ASCII);

    private NothingServer() {}

    public static void main(String[] args) throws Exception {
        ServerCertificate certificate = SelfSigned.make("kubeguardian-webhook", Instant.now());
        BodyReader bodies = new BodyReader("webhook.maxRequestBytes", 3 << 20, Duration.ofSeconds(10));
        WebServer server = HttpServers.start("webhook", "port", "127.0.0.1", 0, WebServer.builder()
                .tls(Tls.builder().sslContext(certificate.tls(List.of())).enabledProtocols(List.of("TLSv1.3")).build())
                .connectionOptions(SocketOptions.builder().readTimeout(Duration.ofSeconds(90)).build())
                .routing(routing -> routing.post("/validate", (request, response) -> {
                    byte[] answer = bodies.read(request.content().inputStream(),
                            request.headers().contentLength().orElse(-1), body -> ANSWER);
                    response.header(HeaderValues.CONTENT_TYPE_JSON).send(answer);
                })));
        Files.writeString(Path.of(args[0]), certificate.authorityPem());
        System.err.println("webhook: serving https port=" + server.port() + ' ');
        System.err.println("webhook: ready");
        new CountDownLatch(1).await();
    }
}
