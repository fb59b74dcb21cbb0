package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.Home;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.correlation.PatternException;
import io.kubeguardian.correlation.PatternLoader;
import io.kubeguardian.detection.EmbeddedFlink;
import io.kubeguardian.detection.RuleDetectorFactory;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.risk.DecisionPolicy;
import io.kubeguardian.rules.RuleLoadException;
import io.kubeguardian.schema.TopicSetup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every part of KubeGuardian on one machine: Kafka's broker and the Flink cluster in this JVM, the webhook and (where
 * the sensor works) the collector as processes of their own. Ports that are taken are replaced by free ones.
 */
public final class Stack implements AutoCloseable {
    static final String COLLECTOR_MAIN = "io.kubeguardian.collector.CollectorMain";
    private static final String WEBHOOK_MAIN = "io.kubeguardian.webhook.WebhookMain";
    private static final int KAFKA_PORT = 9092;
    private static final int WEB_UI_PORT = 8081;
    private static final int PARTITIONS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Is told of each part as it comes up. */
    public interface Progress {
        void started(String part, String detail);
    }

    private final Home home;
    private final TemporaryFolder folder;
    private final Map<String, String> environment;
    private final Progress progress;
    /** Closed in the reverse order. */
    private final List<AutoCloseable> parts = new ArrayList<>();
    private EmbeddedKafka kafka;
    private EmbeddedFlink flink;
    private JavaChild webhook;
    private JavaChild collector;
    /** As the user wants it. */
    private KubeGuardianConfig wanted;
    /** As it runs: with the ports and folders of this run. */
    private KubeGuardianConfig config;

    private Stack(Home home, TemporaryFolder folder, Map<String, String> environment, Progress progress) {
        this.home = home;
        this.folder = folder;
        this.environment = new HashMap<>(environment);
        this.progress = progress;
    }

    /**
     * Starts all parts and returns when they are ready.
     *
     * @param settings environment variables of the configuration ({@code KUBEGUARDIAN_…}), on top of {@code file}
     * @param file the configuration, or null
     * @param sensor whether to start the collector
     */
    public static Stack start(
            Home home, TemporaryFolder folder, Path file, Map<String, String> settings, boolean sensor,
            Progress progress) {
        Stack stack = new Stack(home, folder, settings, progress);
        try {
            stack.startAll(file, sensor);
            return stack;
        } catch (RuntimeException e) {
            try {
                stack.close();
            } catch (RuntimeException f) {
                e.addSuppressed(f);
            }
            throw e;
        }
    }

    private void startAll(Path file, boolean sensor) {
        RuleDetectorFactory rules = check(file);
        kafka = EmbeddedKafka.start(KAFKA_PORT, folder.resolve("kafka"));
        parts.add(kafka);
        TopicSetup.createMissing(kafka.clientProperties(), PARTITIONS);
        progress.started("broker", kafka.bootstrapServers() + replaced(KAFKA_PORT, kafka.port()));

        environment.put("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        // The embedded broker speaks plain text.
        environment.put("KUBEGUARDIAN_KAFKA_PROPERTIES", "{}");
        for (String pem : List.of("AUTHORITY", "CERTIFICATE", "PRIVATE_KEY")) {
            environment.put("KUBEGUARDIAN_KAFKA_" + pem, "");
        }
        port("KUBEGUARDIAN_WEBHOOK_PORT", wanted.webhook().port());
        port("KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", wanted.webhook().managementPort());
        port("KUBEGUARDIAN_COLLECTOR_METRICS_PORT", wanted.collector().metricsPort());
        if (wanted.detection().checkpointFolder().isEmpty()) {
            environment.put("KUBEGUARDIAN_DETECTION_CHECKPOINT_FOLDER",
                    folder.resolve("checkpoints").toUri().toString());
        }
        config = ConfigReader.read(file, environment);

        // The processes start beside the cluster: each needs some seconds of its own.
        webhook = child("webhook", WEBHOOK_MAIN, file, List.of("--write-ca", webhookCa().toString()),
                line -> line.equals("webhook: ready"));
        if (sensor) {
            collector = child("collector", COLLECTOR_MAIN, file, List.of(), line -> line.startsWith("collector ready"));
        }
        startFlink(rules);
        webhook.awaitReady(PATIENCE);
        progress.started("webhook", "https://localhost:" + config.webhook().port() + "/validate"
                + replaced(wanted.webhook().port(), config.webhook().port())
                + metrics(wanted.webhook().managementPort(), config.webhook().managementPort()));
        if (sensor) {
            collector.awaitReady(PATIENCE);
            progress.started("collector", "process " + collector.pid()
                    + metrics(wanted.collector().metricsPort(), config.collector().metricsPort()));
        }
    }

    /** What the user wrote is read before anything runs: a mistake in it is one clear line. */
    private RuleDetectorFactory check(Path file) {
        wanted = ConfigReader.read(file, environment);
        RuleDetectorFactory rules = new RuleDetectorFactory(wanted.detection().rules());
        try {
            rules.load();
            PatternLoader.load(wanted.detection().patterns());
            DecisionPolicy.load(wanted.decisions(), wanted.detection());
        } catch (RuleLoadException | PatternException e) {
            throw new UserError(e.getMessage(), e);
        }
        return rules;
    }

    private void startFlink(RuleDetectorFactory rules) {
        flink = EmbeddedFlink.start(config, rules, WEB_UI_PORT, PARTITIONS, null);
        parts.add(flink);
        progress.started("Flink", "http://localhost:" + flink.webUi().getPort() + replaced(WEB_UI_PORT, flink.webUi().getPort()));
    }

    private JavaChild child(
            String module, String mainClass, Path file, List<String> arguments,
            java.util.function.Predicate<String> isReady) {
        List<String> all = new ArrayList<>(arguments);
        if (file != null) {
            all.add("--config");
            all.add(file.toString());
        }
        JavaChild child = JavaChild.start(module, home.resolve(module + "/" + module + ".jvm"), home.classPath(module),
                mainClass, all, environment, folder.resolve("logs/" + module + ".log"), isReady);
        parts.add(child);
        return child;
    }

    /** Settles on a free port where one is wanted (0: any; below 0: none). */
    private void port(String variable, int wantedPort) {
        environment.put(variable, Integer.toString(wantedPort < 0 ? wantedPort : Ports.freeOr(wantedPort)));
    }

    private static String metrics(int wantedPort, int port) {
        return port < 0 ? "" : ", http://localhost:" + port + "/metrics" + replaced(wantedPort, port);
    }

    private static String replaced(int wantedPort, int port) {
        return wantedPort == 0 || wantedPort == port ? "" : " (port " + wantedPort + " is taken)";
    }

    public Map<String, Object> kafkaClient() {
        return kafka.clientProperties();
    }

    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    public int webhookPort() {
        return config.webhook().port();
    }

    /** The certificate authority that a client of the webhook trusts. */
    public Path webhookCa() {
        return folder.resolve("webhook-ca.pem");
    }

    public long collectorResidentBytes() {
        return collector.residentBytes();
    }

    public long webhookResidentBytes() {
        return webhook.residentBytes();
    }

    /** The first part that has stopped by itself, or null. */
    public String stoppedPart() {
        if (!webhook.isAlive()) {
            return "webhook";
        }
        return collector != null && !collector.isAlive() ? "collector" : null;
    }

    /** Stops all parts, the last started first; goes on when one fails and reports the first failure. */
    @Override
    public void close() {
        RuntimeException failure = null;
        // Sensors and webhook before Flink before the broker: nobody is left talking to a dead one.
        for (AutoCloseable part : closingOrder()) {
            try {
                part.close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException("did not stop cleanly: " + e.getMessage(), e);
                }
            }
        }
        parts.clear();
        if (failure != null) {
            throw failure;
        }
    }

    private List<AutoCloseable> closingOrder() {
        List<AutoCloseable> order = new ArrayList<>(parts.stream().filter(JavaChild.class::isInstance).toList());
        parts.reversed().stream().filter(part -> !(part instanceof JavaChild)).forEach(order::add);
        return order;
    }
}
