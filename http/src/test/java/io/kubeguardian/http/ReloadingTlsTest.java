package io.kubeguardian.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.webserver.WebServer;
import io.kubeguardian.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real server whose files are replaced as Kubernetes replaces a mounted secret's. */
class ReloadingTlsTest {
    @TempDir
    Path folder;

    @Test
    void aRenewedCertificateIsShownToTheNextConnections() throws Exception {
        ServerCertificate first = SelfSigned.make("part", Instant.now());
        ServerCertificate second = SelfSigned.make("part", Instant.now());
        publish("1", TestPem.chain(first), TestPem.pkcs8(first));
        ReloadingTls tls = new ReloadingTls("part", folder.resolve("tls.crt"), folder.resolve("tls.key"), null, Set.of());
        WebServer server = server(tls);
        try {
            assertThat(shown(server)).isEqualTo(first.chain().getFirst());

            publish("2", TestPem.chain(second), TestPem.pkcs8(second));

            await(() -> shown(server).equals(second.chain().getFirst()));
            assertThat(tls.certificate()).isEqualTo(second);
        } finally {
            server.stop();
        }
    }

    @Test
    void filesThatCannotBeUsedChangeNothing() throws Exception {
        ServerCertificate first = SelfSigned.make("part", Instant.now());
        publish("1", TestPem.chain(first), TestPem.pkcs8(first));
        ReloadingTls tls = new ReloadingTls("part", folder.resolve("tls.crt"), folder.resolve("tls.key"), null, Set.of());
        WebServer server = server(tls);
        try {
            ServerCertificate other = SelfSigned.make("part", Instant.now());
            publish("2", TestPem.chain(first), TestPem.pkcs8(other)); // not its key

            for (int i = 0; i < 3; i++) {
                Thread.sleep(600); // longer than it is before the files are looked at again
                assertThat(shown(server)).isEqualTo(first.chain().getFirst());
            }
        } finally {
            server.stop();
        }
    }

    @Test
    void onlyClientsOfTheAuthorityWithAnAllowedNameAreLetIn() throws Exception {
        ServerCertificate first = SelfSigned.make("part", Instant.now());
        TestPem.Authority authority = TestPem.authority();
        publish("1", TestPem.chain(first), TestPem.pkcs8(first));
        Path clients = Files.writeString(folder.resolve("clients.pem"), authority.pem());
        WebServer server = server(new ReloadingTls("part", folder.resolve("tls.crt"), folder.resolve("tls.key"), clients,
                Set.of("kube-apiserver")));
        try {
            assertThat(answers(server, authority.client("kube-apiserver"))).isTrue();
            assertThat(answers(server, authority.client("somebody"))).isFalse();
            assertThat(answers(server, TestPem.authority().client("kube-apiserver"))).isFalse();
            assertThat(answers(server, null)).isFalse();
        } finally {
            server.stop();
        }
    }

    /** With the JDK's own sockets: Helidon's way of asking happens not to resume, which is no promise. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientWhoseAuthorityWasTakenOutDoesNotResumeItsSession(String version) throws Exception {
        ServerCertificate first = SelfSigned.make("part", Instant.now());
        TestPem.Authority authority = TestPem.authority();
        publish("1", TestPem.chain(first), TestPem.pkcs8(first));
        Path clients = Files.writeString(folder.resolve("clients.pem"), authority.pem());
        ReloadingTls tls = new ReloadingTls("part", folder.resolve("tls.crt"), folder.resolve("tls.key"), clients, Set.of());
        SSLSocketFactory client = authority.client("kube-apiserver").getSocketFactory(); // remembers its sessions
        try (SSLServerSocket server = (SSLServerSocket) tls.context().getServerSocketFactory()
                .createServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            server.setNeedClientAuth(true);
            server.setEnabledProtocols(new String[] {version});
            Thread.ofVirtual().start(() -> greetAll(server));
            assertThat(isGreeted(client, server)).isTrue();

            Files.writeString(clients, TestPem.authority().pem());

            await(() -> !isGreeted(client, server)); // nobody else comes whose handshake would have the files looked at
        }
    }

    @Test
    void keysOfOneAlgorithmAreReadAsCertManagerWritesThem() throws Exception {
        ServerCertificate made = SelfSigned.make("part", Instant.now());
        publish("1", TestPem.chain(made), TestPem.sec1(made));

        ServerCertificate read = ServerCertificate.read("part", folder.resolve("tls.crt"), folder.resolve("tls.key"));

        assertThat(read.key().getAlgorithm()).isEqualTo("EC");
        assertThat(((ECPrivateKey) read.key()).getS()).isEqualTo(((ECPrivateKey) made.key()).getS());
    }

    @Test
    void filesThatAreNotThereAreNamed() {
        assertThatThrownBy(() -> new ReloadingTls("part", folder.resolve("no.crt"), folder.resolve("no.key"), null, Set.of()))
                .isInstanceOf(ConfigException.class).hasMessageContaining("part.certificate: ").hasMessageContaining("no such file");
    }

    /** As the kubelet does: a new folder, and the link ..data moved to it at once. */
    private void publish(String version, String certificate, String key) throws IOException {
        Path data = Files.createDirectory(folder.resolve(".." + version));
        Files.writeString(data.resolve("tls.crt"), certificate);
        Files.writeString(data.resolve("tls.key"), key);
        Path link = Files.createSymbolicLink(folder.resolve("..data_tmp"), data.getFileName());
        Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        for (String name : List.of("tls.crt", "tls.key")) {
            if (!Files.exists(folder.resolve(name))) {
                Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
            }
        }
    }

    private static WebServer server(ReloadingTls tls) {
        return HttpServers.start("part", "port", "127.0.0.1", 0, WebServer.builder()
                .tls(Tls.builder().sslContext(tls.context()).enabledProtocols(List.of("TLSv1.3"))
                        .clientAuth(tls.asksClients() ? TlsClientAuth.REQUIRED : TlsClientAuth.NONE).build())
                .routing(routing -> routing.get("/", (request, response) -> response.send("ok"))));
    }

    private static void greetAll(SSLServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getOutputStream().write(1);
            } catch (IOException e) {
                // Not let in, or the server is closed.
            }
        }
    }

    private static boolean isGreeted(SSLSocketFactory client, SSLServerSocket server) {
        try (Socket socket = client.createSocket("127.0.0.1", server.getLocalPort())) {
            return socket.getInputStream().read() == 1;
        } catch (IOException e) {
            return false;
        }
    }

    private static Object shown(WebServer server) {
        try (SSLSocket socket = connect(server, null)) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean answers(WebServer server, SSLContext client) throws Exception {
        try (SSLSocket socket = connect(server, client)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
            return new String(socket.getInputStream().readNBytes(12)).equals("HTTP/1.1 200");
        } catch (IOException e) {
            return false; // TLS 1.3: the client is told when it reads
        }
    }

    private static SSLSocket connect(WebServer server, SSLContext client) throws Exception {
        SSLContext context = client;
        if (context == null) {
            context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {TestPem.ANYBODY}, null);
        }
        return (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port());
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(30);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(end);
            Thread.sleep(50);
        }
    }
}
