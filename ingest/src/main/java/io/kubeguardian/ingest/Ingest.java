package io.kubeguardian.ingest;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.IngestSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.http.ManagementServer;
import io.kubeguardian.ingest.file.FileSource;
import io.kubeguardian.ingest.file.Line;
import io.kubeguardian.ingest.file.StateFile;
import io.kubeguardian.ingest.http.HttpInput;
import io.kubeguardian.ingest.ship.Sender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running ingest:
 *
 * <pre>
 *  files (followed) ─┐                                    ┌─► kubeguardian.events, .pods   (Tetragon)
 *                    ├─► intake ─ translate ─► sender ────┼─► kubeguardian.signals         (Falco)
 *  POST ─────────────┘   one at a time   bounded queue    └─► kubeguardian.dead-letters
 *       ◄── position saved, 200 answered ── when Kafka has all of it
 * </pre>
 */
public final class Ingest implements AutoCloseable {
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final long LONGEST_TURN_MILLIS = 1_000;
    private static final long LONGEST_ANSWER_MILLIS = 5_000;
    private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);

    private final IngestMetrics metrics = new IngestMetrics();
    private final List<FileSource> files = new ArrayList<>();
    private final Sender sender;
    private final Intake intake;
    private final StateFile state;
    private final HttpInput http;
    private final ManagementServer management;
    private boolean closed;

    /**
     * Begins to read.
     *
     * @throws ConfigException when a setting cannot be used: files, ports, Kafka properties; or there is nothing to read
     */
    public static Ingest start(KubeGuardianConfig config) {
        return new Ingest(config);
    }

    private Ingest(KubeGuardianConfig config) {
        IngestSettings settings = config.ingest();
        boolean readsFiles = !settings.tetragonFiles().isEmpty() || !settings.falcoFiles().isEmpty();
        if (!readsFiles && settings.port() < 0) {
            throw new ConfigException(
                    "nothing to read: set ingest.tetragonFiles, ingest.falcoFiles or ingest.port; see docs/foreign-sensors.md");
        }
        StateFile opened = readsFiles ? new StateFile(Path.of(settings.stateFile())) : null;
        Sender begun = null;
        HttpInput listening = null;
        try {
            state = opened;
            begun = sender(config);
            sender = begun;
            metrics.queued(sender::queued);
            intake = new Intake(new Translator.Options(settings.cluster(), node(settings), settings.describePods(),
                    System.currentTimeMillis()), state == null ? Map.of() : state.boots(), sender, metrics);
            listening = settings.port() < 0 ? null
                    : new HttpInput(settings, this::take, status -> metrics.requests.labels(Integer.toString(status)).inc());
            http = listening;
            management = settings.managementPort() < 0 ? null : new ManagementServer("ingest", "managementPort",
                    settings.host(), settings.managementPort(),
                    new ManagementServer.Part(this::health, this::readiness, metrics.registry()));
        } catch (RuntimeException e) {
            closeQuietly(listening);
            closeQuietly(begun);
            closeQuietly(opened);
            throw e;
        }
        settings.tetragonFiles().forEach(file -> follow(ForeignSensor.TETRAGON, Path.of(file), settings));
        settings.falcoFiles().forEach(file -> follow(ForeignSensor.FALCO, Path.of(file), settings));
    }

    private Sender sender(KubeGuardianConfig config) {
        Map<String, Object> client = new HashMap<>(config.kafka().properties());
        client.put("bootstrap.servers", config.kafka().bootstrapServers());
        try {
            return new Sender(client, metrics);
        } catch (org.apache.kafka.common.KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConfigException("kafka: " + cause.getMessage(), e);
        }
    }

    private static String node(IngestSettings settings) {
        if (!settings.node().isEmpty()) {
            return settings.node();
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new ConfigException("the host has no name (" + e.getMessage() + "): set ingest.node", e);
        }
    }

    private void follow(ForeignSensor sensor, Path file, IngestSettings settings) {
        Intake.Source source = new Intake.Source(sensor, "file", "file:" + file);
        files.add(new FileSource(file, settings.maxLineBytes(), settings.pollMillis(), state, (lines, node) -> {
            Intake.Result result = intake.take(source, lines, node);
            return new FileSource.Taken(result.portion().done(), result.node());
        }, new FileMetrics(file.toString()), intake::boots));
    }

    private final class FileMetrics implements FileSource.Listener {
        private final String file;

        FileMetrics(String file) {
            this.file = file;
            for (String kind : new String[] {"renamed", "truncated", "missed"}) {
                metrics.rotations.labels(file, kind); // present from the start: an alert on a rate needs the zero
            }
        }

        @Override
        public void rotated() {
            metrics.rotations.labels(file, "renamed").inc();
        }

        @Override
        public void truncated() {
            metrics.rotations.labels(file, "truncated").inc();
        }

        @Override
        public void missed() {
            metrics.rotations.labels(file, "missed").inc();
        }

        @Override
        public void lag(long bytes) {
            metrics.lag.labels(file).set(bytes);
        }
    }

    /** A body of one line or several. */
    private HttpInput.Answer take(ForeignSensor sensor, byte[] body) {
        List<Line> lines = lines(body);
        if (lines.isEmpty()) {
            return new HttpInput.Answer(400, 0, "the body is empty");
        }
        try {
            Intake.Result result = intake.tryTake(
                    new Intake.Source(sensor, "http", "http:/" + sensor.label()), lines, LONGEST_TURN_MILLIS);
            if (result == null) {
                return new HttpInput.Answer(503, 0, "Kafka does not take records, or too much waits for it; come again");
            }
            result.portion().done().get(LONGEST_ANSWER_MILLIS, TimeUnit.MILLISECONDS);
            return new HttpInput.Answer(result.malformed() == 0 ? 200 : 400, result.taken(), result.firstProblem());
        } catch (TimeoutException e) {
            return new HttpInput.Answer(503, 0, "Kafka has not taken it yet; come again, what comes twice has the same ids");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new HttpInput.Answer(503, 0, "stopping");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a portion never fails", e);
        }
    }

    /** Of a body: one JSON object a line, or a single one spread over lines as people write it. */
    private static List<Line> lines(byte[] body) {
        List<Line> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= body.length; i++) {
            if (i == body.length || body[i] == '\n') {
                byte[] line = Arrays.copyOfRange(body, from, i);
                if (!isBlank(line)) {
                    lines.add(new Line(line, from, line.length, false));
                }
                from = i + 1;
            }
        }
        boolean spread = lines.size() > 1 && new String(lines.getFirst().bytes(), StandardCharsets.UTF_8).strip().equals("{");
        return spread ? List.of(new Line(body, 0, body.length, false)) : lines;
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private String health() {
        if (!sender.alive()) {
            return "nothing is sent any more: see the log, and restart it";
        }
        for (FileSource file : files) {
            if (!file.alive()) {
                return file.problem();
            }
        }
        return "";
    }

    private String readiness() {
        if (!sender.healthy()) {
            return "Kafka does not take records: see the log";
        }
        for (FileSource file : files) {
            if (!file.problem().isEmpty()) {
                return file.problem();
            }
        }
        return "";
    }

    /** Port that takes lines; -1 without. */
    public int port() {
        return http == null ? -1 : http.port();
    }

    /** Port of /metrics, /healthz and /readyz; -1 without. */
    public int managementPort() {
        return management == null ? -1 : management.port();
    }

    /**
     * Takes no more, sends what was taken, remembers how far it came: within seconds. What Kafka has not by then is read
     * again after the next start.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        files.forEach(FileSource::stop);
        closeQuietly(http);
        long end = System.nanoTime() + DRAIN.toNanos();
        try {
            for (FileSource file : files) {
                file.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!sender.close(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
            LOG.warn("event=not-all-sent");
        }
        closeQuietly(state);
        closeQuietly(management);
    }

    private static void closeQuietly(AutoCloseable part) {
        if (part != null) {
            try {
                part.close();
            } catch (IOException e) {
                LOG.warn("event=close-failed error=\"{}\"", e.toString());
            } catch (Exception e) {
                LOG.error("event=close-failed", e);
            }
        }
    }
}
