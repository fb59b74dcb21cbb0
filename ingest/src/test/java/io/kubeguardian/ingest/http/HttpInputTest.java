package io.kubeguardian.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.IngestSettings;
import io.kubeguardian.http.SelfSigned;
import io.kubeguardian.http.ServerCertificate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real server; what is done with the lines is another's matter. */
class HttpInputTest {
    private static final int MOST = 4096;

    @TempDir
    Path folder;

    private final List<String> taken = new ArrayList<>();
    private final List<Integer> statuses = new ArrayList<>();
    private final AtomicReference<HttpInput.Answer> answer =
            new AtomicReference<>(new HttpInput.Answer(200, 1, ""));

    @ParameterizedTest
    @CsvSource({"/, FALCO", "/falco, FALCO", "/tetragon, TETRAGON"})
    void aPathIsASensors(String path, String sensor) throws Exception {
        try (HttpInput input = input(Map.of())) {
            HttpResponse<String> response = post(input, path, "{}".getBytes(StandardCharsets.UTF_8));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("{\"taken\":1}\n");
            assertThat(taken).containsExactly(sensor + " {}");
            assertThat(statuses).containsExactly(200);
        }
    }

    @Test
    void aRefusalSaysWhyAndWhenToComeAgain() throws Exception {
        try (HttpInput input = input(Map.of())) {
            answer.set(new HttpInput.Answer(503, 0, "say \"when\""));

            HttpResponse<String> response = post(input, "/falco", "{}".getBytes(StandardCharsets.UTF_8));

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After")).hasValue("5");
            assertThat(response.body()).isEqualTo("{\"taken\":0,\"error\":\"say \\\"when\\\"\"}\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /nowhere, application/json, '', 404", "GET, /falco, '', '', 404", "PUT, /falco, application/json, '', 404",
        "POST, /falco, text/html, '', 415", "POST, /falco, application/json, br, 400",
    })
    void whatIsNotMeantForItIsRefused(String method, String path, String type, String encoding, int status)
            throws Exception {
        try (HttpInput input = input(Map.of())) {
            HttpRequest.Builder request =
                    request(input, path).method(method, BodyPublishers.ofString(method.equals("GET") ? "" : "{}"));
            if (!type.isEmpty()) {
                request.header("Content-Type", type);
            }
            if (!encoding.isEmpty()) {
                request.header("Content-Encoding", encoding);
            }

            assertThat(send(request).statusCode()).isEqualTo(status);
            assertThat(taken).isEmpty();
        }
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAnnouncedOrNot() throws Exception {
        try (HttpInput input = input(Map.of())) {
            byte[] large = new byte[MOST + 1];
            BodyPublisher unannounced = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large));

            assertThat(post(input, "/falco", large).statusCode()).isEqualTo(413);
            HttpResponse<String> response = send(request(input, "/falco").POST(unannounced));

            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(response.body()).contains("ingest.maxRequestBytes");
            assertThat(taken).isEmpty();
        }
    }

    @Test
    void aCompressedBodyIsUnpacked() throws Exception {
        try (HttpInput input = input(Map.of())) {
            HttpResponse<String> response = send(request(input, "/falco").header("Content-Encoding", "gzip")
                    .POST(BodyPublishers.ofByteArray(gzip("{\"a\": 1}".getBytes(StandardCharsets.UTF_8)))));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(taken).containsExactly("FALCO {\"a\": 1}");
        }
    }

    @Test
    void aCompressedBodyThatGrowsTooLargeOrIsNoneIsRefused() throws Exception {
        try (HttpInput input = input(Map.of())) {
            byte[] bomb = gzip(new byte[1 << 20]);
            assertThat(bomb.length).isLessThan(MOST);
            byte[] cut = java.util.Arrays.copyOf(gzip("{\"a\": 1}".getBytes(StandardCharsets.UTF_8)), 15);

            assertThat(postGzip(input, bomb)).isEqualTo(413);
            assertThat(postGzip(input, new byte[] {1, 2, 3})).isEqualTo(400);
            assertThat(postGzip(input, cut)).isEqualTo(400);
            assertThat(taken).isEmpty();
        }
    }

    @Test
    void withACertificateItSpeaksTls() throws Exception {
        ServerCertificate certificate = SelfSigned.make("kubeguardian-ingest", Instant.now());
        try (HttpInput input = input(certificate(certificate));
                HttpClient client = client(certificate.authority(), null)) {
            HttpResponse<String> response = client.send(HttpRequest.newBuilder(
                            URI.create("https://localhost:" + input.port() + "/falco"))
                    .POST(BodyPublishers.ofString("{}")).build(), HttpResponse.BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whereClientsMustShowACertificateOthersAreNotHeard() throws Exception {
        ServerCertificate certificate = SelfSigned.make("kubeguardian-ingest", Instant.now());
        KeyStore falco = clientKey("falco");
        Map<String, String> settings = new HashMap<>(certificate(certificate));
        settings.put("CLIENT_AUTHORITY", pem("ca.pem", "CERTIFICATE", falco.getCertificate("me").getEncoded()));
        HttpRequest.BodyPublisher body = BodyPublishers.ofString("{}");
        try (HttpInput input = input(settings);
                HttpClient known = client(certificate.authority(), falco);
                HttpClient stranger = client(certificate.authority(), clientKey("stranger"));
                HttpClient nobody = client(certificate.authority(), null)) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + input.port() + "/falco"))
                    .POST(body).build();

            assertThat(known.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> stranger.send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> nobody.send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThat(taken).hasSize(1);
        }
    }

    private HttpInput input(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of("KUBEGUARDIAN_INGEST_HOST", "127.0.0.1",
                "KUBEGUARDIAN_INGEST_PORT", "0", "KUBEGUARDIAN_INGEST_MAX_REQUEST_BYTES", Integer.toString(MOST)));
        more.forEach((key, value) -> environment.put("KUBEGUARDIAN_INGEST_" + key, value));
        IngestSettings settings = ConfigReader.read(null, environment).ingest();
        return new HttpInput(settings, (sensor, body) -> {
            taken.add(sensor + " " + new String(body, StandardCharsets.UTF_8));
            return answer.get();
        }, statuses::add);
    }

    private static HttpRequest.Builder request(HttpInput input, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + input.port() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static HttpResponse<String> post(HttpInput input, String path, byte[] body) throws Exception {
        return send(request(input, path).header("Content-Type", "application/json; charset=utf-8")
                .POST(BodyPublishers.ofByteArray(body)));
    }

    private static int postGzip(HttpInput input, byte[] body) throws Exception {
        return send(request(input, "/falco").header("Content-Encoding", "gzip").POST(BodyPublishers.ofByteArray(body)))
                .statusCode();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private Map<String, String> certificate(ServerCertificate certificate) throws Exception {
        StringBuilder chain = new StringBuilder();
        for (X509Certificate each : certificate.chain()) {
            chain.append(pem("CERTIFICATE", each.getEncoded()));
        }
        return Map.of("CERTIFICATE", Files.writeString(folder.resolve("tls.crt"), chain).toString(),
                "PRIVATE_KEY", pem("tls.key", "PRIVATE KEY", certificate.key().getEncoded()));
    }

    private String pem(String name, String type, byte[] content) throws IOException {
        return Files.writeString(folder.resolve(name), pem(type, content)).toString();
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + type + "-----\n";
    }

    /** A self-signed certificate, made by the JDK's own tool. */
    private KeyStore clientKey(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "me",
                "-keyalg", "EC", "-dname", "CN=" + name, "-keystore", store.toString(), "-storepass", "secret",
                "-storetype", "PKCS12").redirectErrorStream(true).start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor()).isZero();
        return KeyStore.getInstance(store.toFile(), "secret".toCharArray());
    }

    private static HttpClient client(X509Certificate trusted, KeyStore own) throws Exception {
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("server", trusted);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(authorities);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, "secret".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build();
    }
}
