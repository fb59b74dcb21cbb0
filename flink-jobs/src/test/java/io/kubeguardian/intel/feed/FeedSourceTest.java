package io.kubeguardian.intel.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.FeedFormat;
import io.kubeguardian.config.FeedSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feeds from a server, as good and as bad as servers are. */
class FeedSourceTest {
    private final AtomicInteger sent = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);

    @TempDir
    Path folder;

    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        routes(server);
        server.start();
    }

    private void routes(HttpServer on) {
        on.createContext("/list", exchange -> {
            if ("\"v1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                exchange.sendResponseHeaders(304, -1);
                exchange.close();
                return;
            }
            exchange.getResponseHeaders().add("ETag", "\"v1\"");
            exchange.getResponseHeaders().add("Last-Modified", "Thu, 01 Oct 2026 00:00:00 GMT");
            answer(exchange, 200, "203.0.113.9\n");
        });
        on.createContext("/secret", exchange -> answer(exchange,
                "Bearer x".equals(exchange.getRequestHeaders().getFirst("Authorization")) ? 200 : 401, "203.0.113.9\n"));
        on.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/list");
            answer(exchange, 302, "");
        });
        on.createContext("/circle", exchange -> {
            exchange.getResponseHeaders().add("Location", "/circle");
            answer(exchange, 302, "");
        });
        on.createContext("/big", exchange -> answer(exchange, 200, "203.0.113.9\n".repeat(10_000)));
        on.createContext("/slow", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                for (int i = 0; i < 100; i++) {
                    out.write("203.0.113.9\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    Thread.sleep(100);
                }
            } catch (IOException | InterruptedException e) {
                // the reader has had enough
            }
        });
        on.createContext("/silent", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("203.0.113.9\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        on.createContext("/broken", exchange -> answer(exchange, 200, "{\"type\": \"bundle\",\n \"objects\": [{\"a\" 1}]}"));
        on.createContext("/misp/manifest.json", exchange -> answer(exchange, 200, """
                {"00000000-0000-4000-8000-000000000001": {"info": "a"}, "00000000-0000-4000-8000-000000000002": {}}"""));
        on.createContext("/misp/0", exchange -> answer(exchange, 200, """
                {"Event": {"info": "a", "Attribute": [{"type": "ip-dst", "value": "203.0.113.%d", "to_ids": true}]}}"""
                .formatted(sent.incrementAndGet())));
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        } catch (IOException e) {
            // the reader has had enough
        }
        exchange.close();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    @Test
    void whatHasNotChangedIsNotSentAgain() throws Exception {
        FeedSource.Result first = FeedSource.read(feed("/list"), "", "");
        assertThat(first.contents().count()).isEqualTo(1);

        FeedSource.Result second = FeedSource.read(feed("/list"), first.etag(), first.lastModified());

        assertThat(second.contents()).isNull();
        assertThat(second.etag()).isEqualTo("\"v1\"");
    }

    @Test
    void aRedirectIsRefusedUnlessItIsAllowedAndEnds() throws Exception {
        assertThatThrownBy(() -> FeedSource.read(feed("/moved"), "", "")).isInstanceOf(FeedException.class)
                .hasMessageContaining("followRedirects: true");
        assertThat(FeedSource.read(feed("/moved", FeedFormat.PLAIN, 10, 1_000, true, ""), "", "").contents().count())
                .isEqualTo(1);
        assertThatThrownBy(() -> FeedSource.read(feed("/circle", FeedFormat.PLAIN, 10, 1_000, true, ""), "", ""))
                .isInstanceOf(FeedException.class).hasMessageContaining("too many redirects");
    }

    @Test
    void sizeAndTimeAreBounded() {
        assertThatThrownBy(() -> FeedSource.read(feed("/big", FeedFormat.PLAIN, 10, 5_000, false, ""), "", ""))
                .isInstanceOf(FeedException.class).hasMessageContaining("larger than maxBytes, 5000");
        assertThatThrownBy(() -> FeedSource.read(feed("/slow", FeedFormat.PLAIN, 1, 5_000, false, ""), "", ""))
                .isInstanceOf(FeedException.class).hasMessageContaining("took longer than timeoutSeconds, 1");
    }

    @Test
    void aServerThatGoesSilentIsNotWaitedFor() {
        assertThatThrownBy(() -> FeedSource.read(feed("/silent", FeedFormat.PLAIN, 1, 5_000, false, ""), "", ""))
                .isInstanceOf(FeedException.class).hasMessageContaining("took longer than timeoutSeconds, 1");
    }

    @Test
    void whatDoesNotAnswerWithAListIsNamed() {
        assertThatThrownBy(() -> FeedSource.read(feed("/nothing"), "", "")).isInstanceOf(FeedException.class)
                .hasMessageContaining("feed example").hasMessageContaining("/nothing answers 404");
        assertThatThrownBy(() -> FeedSource.read(feed("/secret"), "", "")).isInstanceOf(FeedException.class)
                .hasMessageContaining("401");
        server.stop(0);
        assertThatThrownBy(() -> FeedSource.read(feed("/list"), "", "")).isInstanceOf(FeedException.class);
    }

    @Test
    void whatCannotBeParsedIsNamedByTheFeedWithThePlace() throws Exception {
        Path file = Files.writeString(folder.resolve("bundle.json"), "{\"type\": \"bundle\",\n \"objects\": [{\"a\" 1}]}");

        assertThatThrownBy(() -> FeedSource.read(feed("/broken?key=secret", FeedFormat.STIX, 10, 1_000, false, ""), "", ""))
                .isInstanceOf(FeedException.class).hasMessageStartingWith("feed example: http://localhost:")
                .hasMessageContaining("/broken:2:19: not STIX: Unexpected character").hasMessageNotContaining("secret");
        assertThatThrownBy(() -> FeedSource.read(FeedExamples.feed(
                "example", file.toString(), FeedFormat.STIX, Map.of("value", "1"), false), "", ""))
                .isInstanceOf(FeedException.class).hasMessageStartingWith("feed example: " + file + ":2:19: not STIX: ");
    }

    @Test
    void whatAUrlAsksForIsNotTold() {
        assertThatThrownBy(() -> FeedSource.read(feed("/nothing?key=secret"), "", "")).isInstanceOf(FeedException.class)
                .hasMessageContaining("/nothing answers 404").hasMessageNotContaining("secret");
        server.stop(0);
        assertThatThrownBy(() -> FeedSource.read(feed("/list?key=secret"), "", "")).isInstanceOf(FeedException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void theAuthorizationComesFromAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "Bearer x\n");

        assertThat(FeedSource.read(feed("/secret", FeedFormat.PLAIN, 10, 1_000, false, file.toString()), "", "")
                .contents().count()).isEqualTo(1);
    }

    @Test
    void aMispFeedIsReadByItsManifest() throws Exception {
        assertThat(FeedSource.read(feed("/misp/manifest.json", FeedFormat.MISP, 10, 10_000, false, ""), "", "")
                .contents().count()).isEqualTo(2);
    }

    @Test
    void aServerIsTrustedByTheFeedsOwnAuthorityOrNotAtAll() throws Exception {
        // Given a server with a certificate that nobody else signed
        Path store = folder.resolve("server.p12");
        Path pem = folder.resolve("server.pem");
        keytool("-genkeypair", "-alias", "s", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost",
                "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", "secret", "-validity", "2");
        keytool("-exportcert", "-rfc", "-alias", "s", "-keystore", store.toString(), "-storepass", "secret", "-file",
                pem.toString());
        KeyStore keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "secret".toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        routes(secure);
        secure.start();
        try {
            String url = "https://localhost:" + secure.getAddress().getPort() + "/list";

            assertThat(FeedSource.read(tls(url, pem.toString()), "", "").contents().count()).isEqualTo(1);
            assertThatThrownBy(() -> FeedSource.read(tls(url, ""), "", "")).isInstanceOf(FeedException.class);
        } finally {
            secure.stop(0);
        }
    }

    @Test
    void plainHttpNeedsAWord() {
        assertThatThrownBy(() -> FeedExamples.feed("x", "http://x.example/list", FeedFormat.PLAIN, Map.of("value", "1"), false))
                .isInstanceOf(ConfigException.class).hasMessageContaining("allowPlainHttp: true");
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(System.getProperty("java.home") + "/bin/keytool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private FeedSettings feed(String path) {
        return feed(path, FeedFormat.PLAIN, 10, 1_000_000, false, "");
    }

    private FeedSettings feed(
            String path, FeedFormat format, int timeout, long maxBytes, boolean redirects, String authorizationFile) {
        return new FeedSettings("example", "http://localhost:" + server.getAddress().getPort() + path, format, null, null,
                null, null, null, null, null, null, null, authorizationFile, null, timeout, maxBytes, null, null, null, true,
                redirects);
    }

    private static FeedSettings tls(String url, String authority) {
        return new FeedSettings("example", url, FeedFormat.PLAIN, null, null, null, null, null, null, null, null, null, null,
                authority, 10, null, null, null, null, null, null);
    }
}
