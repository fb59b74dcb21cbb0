package io.kubeguardian.webhook;

import io.kubeguardian.config.AccessAtRisk;
import io.kubeguardian.config.AdmissionSettings;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.HardenLabel;
import io.kubeguardian.config.HardeningPart;
import io.kubeguardian.config.ImageSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.config.Parts;
import io.kubeguardian.config.WebhookSettings;
import io.kubeguardian.http.ManagementServer;
import io.kubeguardian.http.ReloadingTls;
import io.kubeguardian.http.SelfSigned;
import io.kubeguardian.http.ServerCertificate;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.webhook.image.ImageMetrics;
import io.kubeguardian.webhook.image.ImageProvenance;
import io.kubeguardian.webhook.image.ImageUsers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A running admission webhook: certificate, risk feed, servers. */
public final class Webhook implements AutoCloseable {
    private static final String SERVICE = "kubeguardian-webhook";

    private final Parts parts = new Parts();
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final String caPem;
    private final RiskFeed feed;
    /** For namespaces in which no answer is a no: there an answer that was not found in time is one, too. */
    private static final String ENFORCED_PATH = "/validate-enforced";

    private final AdmissionServer server;
    private final int managementPort;

    private Webhook(KubeGuardianConfig config, Clock clock) {
        WebhookSettings settings = config.webhook();
        WebhookMetrics metrics = new WebhookMetrics();
        ReloadingTls files = settings.certificate().isEmpty() ? null : tls(settings);
        ServerCertificate certificate = files == null ? SelfSigned.make(SERVICE, Instant.now()) : files.certificate();
        this.caPem = certificate.authorityPem();
        metrics.certificateEnds(() -> files == null
                ? certificate.chain().getFirst().getNotAfter().toInstant().getEpochSecond() : files.ends().getEpochSecond());
        RiskView view = new RiskView(settings.riskLimit(), metrics);
        try {
            PolicySet policies = new PolicySet();
            LearnedView learned = config.admission().harden().contains(HardeningPart.LEARNED_READ_ONLY_ROOT)
                    ? new LearnedView(settings.riskLimit(), metrics) : null;
            PodView pods = config.admission().accessAtRisk() == AccessAtRisk.IGNORE ? null
                    : new PodView(settings.cluster(), settings.riskLimit(), metrics);
            PublishedPolicies published = new PublishedPolicies(settings.cluster(), policies);
            this.feed = parts.opened(new RiskFeed(config.kafka(), view, published, learned, pods, metrics, clock,
                    () -> caughtUp.complete(null)));
            AdmissionSettings admission = config.admission();
            if (!admission.policies().isEmpty()) {
                parts.opened(new PolicyFiles(Path.of(admission.policies()), policies, metrics));
            }
            ImageMetrics imageMetrics = new ImageMetrics(metrics.registry());
            Knowledge knowledge = new Knowledge(view::get, view::quarantine, policies, images(config, imageMetrics),
                    imageUsers(config, imageMetrics),
                    pods == null ? (namespace, pod) -> null : pods::workload,
                    learned == null ? (workload, container) -> false : learned::staysInVolumes);
            Decider decider = new Decider(settings.cluster(), settings.denyAtRisk(), settings.denyPrivileged(), admission,
                    knowledge);
            Mutator mutator = new Mutator(settings.cluster(), settings.denyAtRisk(), admission, knowledge);
            String instance = instance();
            Outbox outbox = parts.opened(new Outbox(config.kafka(), settings.auditQueue(), metrics));
            AuditTrail audit = new AuditTrail(settings.cluster(), instance, outbox);
            PosturePublisher postures = new PosturePublisher(settings.riskLimit(),
                    postureAgain(config.controller().postureSeconds()), outbox, metrics);
            Budget budget = parts.opened(new Budget(TimeUnit.MILLISECONDS.toNanos(settings.budgetMillis())));
            Tracing tracing = parts.opened(Tracing.to(settings.traceEndpoint(), settings.traceRatio(), instance));
            boolean denyExpired = settings.onExpiry().equals("deny");
            AdmissionHandler validating = new AdmissionHandler(decider::decide, feed::caughtUp, budget,
                    request -> denyExpired && !decider.exemptions().hold(request), new Records(audit, postures, metrics), tracing, metrics,
                    clock);
            AdmissionHandler enforced = new AdmissionHandler(decider::decide, feed::caughtUp, budget,
                    request -> !decider.exemptions().hold(request), new Records(audit, postures, metrics), tracing, metrics, clock);
            AdmissionHandler mutating = new AdmissionHandler(mutator::mutate, feed::caughtUp, budget, namespace -> false,
                    changes(audit), tracing, metrics, clock);
            this.server = parts.opened(new AdmissionServer(settings, files == null ? certificate.tls(List.of()) : files.context(),
                    Map.of("/validate", validating, ENFORCED_PATH, enforced, "/mutate", mutating), tracing, metrics));
            this.managementPort = settings.managementPort() < 0 ? -1
                    : parts.opened(new ManagementServer("webhook", "managementPort", settings.host(),
                            settings.managementPort(), part(feed, metrics))).port();
            WarmUp.run(
                    new Decider(settings.cluster(), settings.denyAtRisk(), settings.denyPrivileged(), admission,
                            Knowledge.none())::decide,
                    new Mutator(settings.cluster(), settings.denyAtRisk(), admission, Knowledge.none())::mutate);
            feed.begin(); // last: a webhook that cannot start says one line, about that
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Without policies nothing of it is loaded. */
    private Function<PodSpec, ImageProvenance.Outcome> images(KubeGuardianConfig config, ImageMetrics metrics) {
        if (config.images().policies().isEmpty()) {
            return pod -> ImageProvenance.Outcome.NOTHING;
        }
        requireBudget(config);
        return parts.opened(ImageProvenance.start(config.images(), metrics))::check;
    }

    /** Without patterns nothing of it is loaded. */
    private BiFunction<List<PodSpec.Container>, Duration, List<Fix>> imageUsers(
            KubeGuardianConfig config, ImageMetrics metrics) {
        boolean asksForUsers = config.admission().harden().contains(HardeningPart.NON_ROOT)
                || config.admission().hardenLabel() != HardenLabel.IGNORE;
        if (config.images().users().isEmpty() || !asksForUsers) {
            return (containers, waited) -> List.of();
        }
        requireBudget(config);
        return parts.opened(ImageUsers.start(config.images(), metrics))::fixes;
    }

    private static void requireBudget(KubeGuardianConfig config) {
        ImageSettings settings = config.images();
        int all = config.webhook().budgetMillis();
        if (all != 0 && settings.budgetMillis() >= all) {
            throw new ConfigException("images.budgetMillis is " + settings.budgetMillis() + ", must be below"
                    + " webhook.budgetMillis, which is " + all + ": else that one's onExpiry decides, and not onUnavailable");
        }
    }

    private static ReloadingTls tls(WebhookSettings settings) {
        Path clients = settings.clientAuthority().isEmpty() ? null : Path.of(settings.clientAuthority());
        return new ReloadingTls("webhook", Path.of(settings.certificate()), Path.of(settings.privateKey()), clients,
                Set.copyOf(settings.clientNames()));
    }

    /** Half of the time after which the controller takes back a posture that nobody has told again. */
    private static Duration postureAgain(int takenBackSeconds) {
        return takenBackSeconds == 0 ? Duration.ofDays(365) : Duration.ofSeconds(takenBackSeconds).dividedBy(2);
    }

    /** What becomes of an answer beside the answer itself. */
    private record Records(AuditTrail audit, PosturePublisher postures, WebhookMetrics metrics) implements DecisionListener {
        @Override
        public void answered(
                AdmissionRequest request, Decision decision, AdmissionVerdict verdict, long nowNanos, long latencyNanos) {
            audit.add(request, decision, verdict, nowNanos, latencyNanos);
            // Of ephemeral containers the findings are not all that is wrong with the pod.
            if (decision.allowed() && !decision.workload().isEmpty() && !request.dryRun() && request.subResource().isEmpty()) {
                if (Claims.hold(request, decision.workload())) {
                    postures.admitted(decision.workload(), decision.findings(), nowNanos);
                } else {
                    metrics.unprovenClaims.inc();
                }
            }
        }
    }

    /** Of the mutating path only what it did: all else is told by the validating one, which comes after it. */
    private static DecisionListener changes(AuditTrail audit) {
        return (request, decision, verdict, nowNanos, latencyNanos) -> {
            if (verdict != AdmissionVerdict.ALLOWED) {
                audit.add(request, decision, verdict, nowNanos, latencyNanos);
            }
        };
    }

    /** Of this webhook in audit and spans: in Kubernetes the pod's name. */
    private static String instance() {
        String host = System.getenv("HOSTNAME");
        return host == null || host.isBlank() ? "webhook" : host;
    }

    private static ManagementServer.Part part(RiskFeed feed, WebhookMetrics metrics) {
        return new ManagementServer.Part(
                () -> feed.alive() ? "" : "the risk topic is no longer followed; restart it",
                () -> feed.caughtUp() ? "" : "still reading the risk topic", metrics.registry());
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
        parts.close();
    }
}
