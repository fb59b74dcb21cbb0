package io.kubeguardian.controller;

import io.kubeguardian.webhook.Webhook;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Asks a webhook as the API server does. */
final class Reviews {
    private Reviews() {}

    /** The answer to the creation of a pod, as JSON. */
    static String ask(Webhook webhook, String namespace, String image) {
        String review = """
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","kind":{"group":"","version":"v1",\
                "kind":"Pod"},"operation":"CREATE","namespace":"%1$s","name":"p","userInfo":{"username":"ana","groups":["dev"]},\
                "object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"%1$s"},\
                "spec":{"containers":[{"name":"c","image":"%2$s"}]}}}}""".formatted(namespace, image);
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting(webhook.caPem())).build()) {
            return client.send(HttpRequest.newBuilder(URI.create("https://localhost:" + webhook.port() + "/validate"))
                    .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(review)).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static SSLContext trusting(String pem) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
