package io.kubeguardian.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Asks the webhook as the API server does: an AdmissionReview over TLS, its certificate checked. */
final class AdmissionClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param message the reason that the developer sees; empty when allowed */
    record Answer(boolean allowed, String message) {}

    private final HttpClient http;
    private final URI uri;

    /**
     * @param port the webhook's TLS port on this machine
     * @param ca PEM file of the authority that signed its certificate
     */
    AdmissionClient(int port, Path ca) {
        http = HttpClient.newBuilder().sslContext(trusting(ca)).connectTimeout(Duration.ofSeconds(5)).build();
        uri = URI.create("https://localhost:" + port + "/validate");
    }

    /** The webhook's answer to the review. */
    Answer ask(JsonNode review) {
        try {
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofSeconds(5))
                    .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(review)))
                    .build();
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new UserError("the webhook answered with status " + response.statusCode());
            }
            JsonNode answer = JSON.readTree(response.body()).path("response");
            if (!answer.path("uid").equals(review.path("request").path("uid"))) {
                throw new UserError("the webhook answered another request than was asked");
            }
            return new Answer(answer.path("allowed").asBoolean(), answer.path("status").path("message").asText());
        } catch (IOException e) {
            throw new UserError("the webhook does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }

    private static SSLContext trusting(Path ca) {
        try (InputStream pem = Files.newInputStream(ca)) {
            KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
            trust.load(null, null);
            trust.setCertificateEntry("webhook", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trust);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new UserError(ca + ": not a certificate: " + e.getMessage(), e);
        }
    }
}
