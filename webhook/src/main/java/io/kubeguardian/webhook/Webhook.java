package io.kubeguardian.webhook;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ImageSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.config.WebhookSettings;
import io.kubeguardian.http.ManagementServer;
import io.kubeguardian.http.SelfSigned;
import io.kubeguardian.http.ServerCertificate;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.webhook.image.ImageMetrics;
import io.kubeguardian.webhook.image.ImageProvenance;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A running admission webhook: certificate, risk feed, servers. */
public final class Webhook implements AutoCloseable {
    private static final String SERVICE = "kubeguardian-webhook";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final String caPem;
    private final RiskFeed feed;
    private final AdmissionServer server;
    private final int managementPort;

    private Webhook(KubeGuardianConfig config, Clock clock) {
        WebhookSettings settings = config.webhook();
        ServerCertificate certificate = settings.certificate().isEmpty()
                ? SelfSigned.make(SERVICE, Instant.now())
                : ServerCertificate.read("webhook", Path.of(settings.certificate()), Path.of(settings.privateKey()));
        this.caPem = certificate.authorityPem();
        WebhookMetrics metrics = new WebhookMetrics();
        RiskView view = new RiskView(settings.riskLimit(), metrics);
        try {
            this.feed = opened(new RiskFeed(config.kafka(), view, metrics, clock, () -> caughtUp.complete(null)));
            Decider decider = new Decider(
                    settings.cluster(), settings.denyAtRisk(), settings.denyPrivileged(), view::get,
                    view::quarantine, images(config.images(), metrics));
            this.server = opened(new AdmissionServer(settings, certificate.tls(List.of()),
                    new AdmissionHandler(decider, feed::caughtUp, metrics, clock), metrics));
            this.managementPort = settings.managementPort() < 0 ? -1
                    : opened(new ManagementServer("webhook", "managementPort", settings.host(),
                            settings.managementPort(), part(feed, metrics))).port();
            feed.begin(); // last: a webhook that cannot start says one line, about that
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Without policies nothing of it is loaded. */
    private Function<PodSpec, ImageProvenance.Outcome> images(ImageSettings settings, WebhookMetrics metrics) {
        return settings.policies().isEmpty() ? pod -> ImageProvenance.Outcome.NOTHING
                : opened(ImageProvenance.start(settings, new ImageMetrics(metrics.registry())))::check;
    }

    private static ManagementServer.Part part(RiskFeed feed, WebhookMetrics metrics) {
        return new ManagementServer.Part(
                () -> feed.alive() ? "" : "the risk topic is no longer followed; restart it",
                () -> feed.caughtUp() ? "" : "still reading the risk topic", metrics::text);
    }

    /**
     * Starts everything and returns at once; admission answers 503 until {@link #ready()}.
     *
     * @throws ConfigException when a setting cannot be used: files, ports, Kafka properties
     */
    public static Webhook start(KubeGuardianConfig config) {
        return start(config, Clock.systemUTC());
    }

    /** As {@link #start(KubeGuardianConfig)}; the clock tells how far risks have decayed. */
    static Webhook start(KubeGuardianConfig config, Clock clock) {
        return new Webhook(config, clock);
    }

    /** Port of the TLS server. */
    public int port() {
        return server.port();
    }

    /** Port of /metrics, /healthz and /readyz; -1 when there is none. */
    public int managementPort() {
        return managementPort;
    }

    /** What a client must trust, as PEM: the authority made at start, or the last certificate of the configured chain. */
    public String caPem() {
        return caPem;
    }

    /** Whether the risk view has caught up with the topic as it was at start. */
    public boolean ready() {
        return feed.caughtUp();
    }

    /** Completes when {@link #ready()} becomes true. */
    public CompletableFuture<Void> whenReady() {
        return caughtUp.copy();
    }

    /** Stops within seconds; may be called more than once. */
    @Override
    public synchronized void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot stop a part of the webhook: " + e.getMessage(), e);
            }
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }
}
