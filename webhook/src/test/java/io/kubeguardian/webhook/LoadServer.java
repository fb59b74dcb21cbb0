package io.kubeguardian.webhook;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.http.SelfSigned;
import io.kubeguardian.http.ServerCertificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * What {@link LoadMain} calls, in a JVM with the flags of {@code webhook.jvm}: the whole webhook, and beside it the same
 * server with a handler that does nothing, as the baseline. Argument: folder for the two authorities.
 */
final class LoadServer {
    private LoadServer() {}

    public static void main(String[] args) throws Exception {
        KubeGuardianConfig config = ConfigReader.read(null, System.getenv());
        byte[] answer = ("{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":"
                + "{\"uid\":\"\",\"allowed\":true}}").getBytes(StandardCharsets.US_ASCII);
        ServerCertificate certificate = SelfSigned.make("kubeguardian-webhook", Instant.now());
        AdmissionServer nothing = new AdmissionServer(config.webhook(), certificate.tls(List.of()),
                body -> new AdmissionHandler.Answer(200, answer), new WebhookMetrics());
        Webhook webhook = Webhook.start(config);
        Path folder = Path.of(args[0]);
        Files.writeString(folder.resolve("nothing.pem"), certificate.authorityPem());
        Files.writeString(folder.resolve("webhook.pem"), webhook.caPem());
        webhook.whenReady().thenRun(() -> System.err.println("ready " + nothing.port() + ' ' + webhook.port()));
        new CountDownLatch(1).await();
    }
}
