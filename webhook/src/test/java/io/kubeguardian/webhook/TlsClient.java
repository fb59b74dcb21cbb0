package io.kubeguardian.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An HTTPS client that trusts one authority and checks host names, as the API server does with its caBundle. */
final class TlsClient implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final HttpClient http;
    private final int port;

    TlsClient(String caPem, int port) {
        this.http = HttpClient.newBuilder().sslContext(trusting(caPem)).version(HttpClient.Version.HTTP_1_1).build();
        this.port = port;
    }

    static SSLContext trusting(String caPem) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(caPem.getBytes(StandardCharsets.US_ASCII))));
            TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + port + path)).timeout(DEADLINE)
                .header("Content-Type", "application/json");
    }

    HttpResponse<byte[]> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<byte[]> post(byte[] review) {
        return post("/validate", review);
    }

    private HttpResponse<byte[]> post(String path, byte[] review) {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofByteArray(review)).build());
    }

    /** The {@code response} of an answer that must be a correct AdmissionReview. */
    ObjectNode review(byte[] review) {
        return review("/validate", review);
    }

    /** The same, of a mutating webhook. */
    ObjectNode mutate(byte[] review) {
        return review("/mutate", review);
    }

    ObjectNode review(String path, byte[] review) {
        HttpResponse<byte[]> answer = post(path, review);
        ObjectNode tree = Reviews.parse(answer.body());
        if (answer.statusCode() != 200 || !tree.path("apiVersion").asText().equals("admission.k8s.io/v1")
                || !tree.path("kind").asText().equals("AdmissionReview")
                || !tree.path("response").path("uid").equals(Reviews.parse(review).path("request").path("uid"))) {
            throw new AssertionError(answer.statusCode() + " " + tree);
        }
        return (ObjectNode) tree.get("response");
    }

    @Override
    public void close() {
        http.close();
    }
}
