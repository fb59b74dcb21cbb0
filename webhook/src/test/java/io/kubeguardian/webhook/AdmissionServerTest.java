package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.WebhookSettings;
import io.kubeguardian.http.SelfSigned;
import io.kubeguardian.http.ServerCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The real server, over real TLS, with a risk view that is empty. */
class AdmissionServerTest {
    private static final int MOST_BYTES = 1 << 20;
    private static final ServerCertificate CERTIFICATE = SelfSigned.make("kubeguardian-webhook", Instant.now());

    private static final WebhookMetrics METRICS = new WebhookMetrics();

    private static final Budget BUDGET = new Budget(0);

    private static AdmissionServer server;
    private static TlsClient client;

    @BeforeAll
    static void start() {
        Decider decider = Deciders.decider(70, true, new RiskView(16, METRICS)::get);
        server = new AdmissionServer(settings(0), CERTIFICATE.tls(List.of()),
                Map.of("/validate", new AdmissionHandler(decider::decide, () -> true, BUDGET, namespace -> false,
                        DecisionListener.NONE, Tracing.off(), METRICS, Clock.systemUTC())), Tracing.off(), METRICS);
        client = new TlsClient(CERTIFICATE.authorityPem(), server.port());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
        BUDGET.close();
    }

    static Stream<Path> hostileFiles() throws Exception {
        Path folder = Path.of(AdmissionServerTest.class.getResource("/hostile").toURI());
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("hostileFiles")
    void aHostileReviewIsABadRequestWithOneClearLine(Path file) throws Exception {
        String expected = expectations().getProperty(file.getFileName().toString());

        HttpResponse<byte[]> answer = client.post(Files.readAllBytes(file));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer)).contains(expected).doesNotContain("\n", "com.fasterxml", "Exception");
        assertThat(error(answer).length()).isLessThanOrEqualTo(300);
    }

    @Test
    void everyExpectationHasItsFile() throws Exception {
        List<String> files = hostileFiles().map(file -> file.getFileName().toString()).toList();

        assertThat(expectations().stringPropertyNames()).containsExactlyInAnyOrderElementsOf(files);
    }

    @Test
    void aHugeArrayIsABadRequestBeforeItFillsTheMemory() {
        byte[] body = ("{\"a\":[" + "{},".repeat(200_000) + "{}]}").getBytes(StandardCharsets.US_ASCII);

        HttpResponse<byte[]> answer = client.post(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer)).contains("Token count");
    }

    @Test
    void aBodyOverTheLimitIsTooLarge() {
        HttpResponse<byte[]> answer = client.post(new byte[MOST_BYTES + 1]);

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(error(answer)).isEqualTo("body is larger than 1048576 bytes (webhook.maxRequestBytes)");
    }

    @Test
    void aBodyWithoutALengthIsTooLargeAsSoonAsItExceedsTheLimit() {
        var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[MOST_BYTES + 1]));

        HttpResponse<byte[]> answer = client.send(client.request("/validate").POST(chunked).build());

        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void aBodyWithoutALengthIsReadWithinTheLimit() {
        byte[] review = Reviews.bytes("pod-create-by-replicaset.json");
        var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(review));

        HttpResponse<byte[]> answer = client.send(client.request("/validate").POST(chunked).build());

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"GET, /validate, 405", "PUT, /validate, 405", "DELETE, /validate, 405", "POST, /, 404",
        "GET, /metrics, 404", "POST, /validate/x, 404", "POST, /validate?timeout=10s, 400"})
    void otherMethodsAndPathsAreRefused(String method, String path, int status) {
        var request = client.request(path).method(method, BodyPublishers.ofString("{}")).build();

        HttpResponse<byte[]> answer = client.send(request);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(error(answer)).isNotBlank();
    }

    @Test
    void aLargeBodyForAnotherPathStillGetsItsAnswer() {
        var request = client.request("/mutate").POST(BodyPublishers.ofByteArray(new byte[MOST_BYTES])).build();

        HttpResponse<byte[]> answer = client.send(request);

        assertThat(answer.statusCode()).isEqualTo(404);
    }

    @Test
    void anotherContentTypeIsRefused() {
        var request = client.request("/validate").setHeader("Content-Type", "application/yaml")
                .POST(BodyPublishers.ofString("{}")).build();

        HttpResponse<byte[]> answer = client.send(request);

        assertThat(answer.statusCode()).isEqualTo(415);
    }

    @Test
    void anAnswerIsACompleteAdmissionReview() {
        ObjectNode response = client.review(Reviews.bytes("pod-create-privileged.json"));

        assertThat(response.path("uid").asText()).isEqualTo("705ab4f5-6393-11e8-b7cc-42010a800003");
        assertThat(response.path("allowed").isBoolean()).isTrue();
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/code").asInt()).isEqualTo(403);
        assertThat(response.at("/status/reason").asText()).isEqualTo("Forbidden");
        assertThat(response.at("/status/message").asText())
                .contains("spec.containers[2].securityContext.privileged");
        assertThat(response.at("/auditAnnotations/workload").asText()).isEqualTo(Reviews.ORDERS);
    }

    @Test
    void aCallerThatGoesAwayInTheMiddleIsCountedAndNoError() throws Exception {
        double before = METRICS.requests.labels("aborted", "").get();
        try (SSLSocket socket = (SSLSocket) TlsClient.trusting(CERTIFICATE.authorityPem()).getSocketFactory()
                .createSocket("localhost", server.port())) {
            socket.getOutputStream().write(("POST /validate HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            // Only then is the server sure to wait for the body.
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 100");
            socket.getOutputStream().write('{');
        }

        Instant end = Instant.now().plusSeconds(30);
        while (METRICS.requests.labels("aborted", "").get() == before && Instant.now().isBefore(end)) {
            Thread.sleep(20);
        }
        assertThat(METRICS.requests.labels("aborted", "").get()).isEqualTo(before + 1);
        assertThat(METRICS.requests.labels("failed", "").get()).isZero();
    }

    @Test
    void callersThatAnnounceABodyAndFallSilentKeepNobodyElseOut() throws Exception {
        var silent = new ArrayDeque<SSLSocket>();
        double before = METRICS.requests.labels("aborted", "").get();
        try {
            for (int i = 0; i < 4; i++) { // together the whole budget
                SSLSocket socket = (SSLSocket) TlsClient.trusting(CERTIFICATE.authorityPem()).getSocketFactory()
                        .createSocket("localhost", server.port());
                silent.push(socket);
                socket.getOutputStream().write(("POST /validate HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                        + MOST_BYTES + "\r\nExpect: 100-continue\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().readNBytes(12);
                socket.getOutputStream().write('{');
            }
            Instant end = Instant.now().plusSeconds(60); // a silent connection as such is kept for longer
            int status = 503;
            while ((status == 503 || METRICS.requests.labels("aborted", "").get() < before + 4)
                    && Instant.now().isBefore(end)) {
                Thread.sleep(50);
                status = client.post(Reviews.bytes("pod-create-by-replicaset.json")).statusCode();
            }

            assertThat(status).isEqualTo(200);
            assertThat(METRICS.requests.labels("aborted", "").get()).isEqualTo(before + 4);
        } finally {
            for (SSLSocket socket : silent) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, true", "TLSv1.2, false", "TLSv1.1, false"})
    void onlyTls13IsSpoken(String protocol, boolean spoken) throws Exception {
        try (SSLSocket socket = (SSLSocket) TlsClient.trusting(CERTIFICATE.authorityPem()).getSocketFactory()
                .createSocket("localhost", server.port())) {
            socket.setEnabledProtocols(new String[] {protocol});
            if (spoken) {
                socket.startHandshake();
                assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            } else {
                assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
            }
        }
    }

    @Test
    void aTakenPortIsNamedWithItsSetting() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            WebhookSettings settings = settings(taken.getLocalPort());

            assertThatThrownBy(() -> new AdmissionServer(
                            settings, CERTIFICATE.tls(List.of()), Map.of(), Tracing.off(), new WebhookMetrics()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("webhook.port: cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void anErrorWithinIsNotShownToTheCaller() {
        Function<byte[], AdmissionHandler.Answer> broken = body -> {
            throw new IllegalStateException("secret of the inside");
        };
        try (AdmissionServer failing = new AdmissionServer(settings(0), CERTIFICATE.tls(List.of()),
                        Map.of("/validate", broken), Tracing.off(), new WebhookMetrics());
                TlsClient other = new TlsClient(CERTIFICATE.authorityPem(), failing.port())) {
            HttpResponse<byte[]> answer = other.post(new byte[] {'{', '}'});

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(error(answer)).isEqualTo("internal error; see the webhook's log");
        }
    }

    private static WebhookSettings settings(int port) {
        return ConfigReader.read(null, Map.of("KUBEGUARDIAN_WEBHOOK_PORT", Integer.toString(port),
                "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1",
                "KUBEGUARDIAN_WEBHOOK_MAX_REQUEST_BYTES", Integer.toString(MOST_BYTES))).webhook();
    }

    private static String error(HttpResponse<byte[]> answer) {
        return Reviews.parse(answer.body()).path("error").asText();
    }

    private static Properties expectations() throws IOException {
        Properties expected = new Properties();
        try (InputStream in = AdmissionServerTest.class.getResourceAsStream("/hostile/expected.properties")) {
            expected.load(in);
        }
        return expected;
    }
}
