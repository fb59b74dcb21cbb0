package io.kubeguardian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.cli.stack.TopicFollower;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubeguardian monitor}: alerts as they come. */
@Command(
        name = "monitor",
        mixinStandardHelpOptions = true,
        description = "Shows signals and incidents as they come, until Ctrl-C.")
public final class MonitorCommand implements Callable<Integer> {
    /** How alerts are printed. */
    public enum Format { TABLE, JSON }

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final AvroCodec<Signal> SIGNAL = AvroCodec.of(Signal.class);
    private static final AvroCodec<Incident> INCIDENT = AvroCodec.of(Incident.class);

    @Mixin
    private KafkaOption kafka;

    @Option(names = "--namespace", paramLabel = "N", description = "only this namespace")
    private String namespace;

    @Option(names = "--deployment", paramLabel = "D", description = "only this Deployment")
    private String deployment;

    @Option(names = "--priority", paramLabel = "P", defaultValue = "DEBUG",
            description = "this priority and more urgent ones: ${COMPLETION-CANDIDATES}")
    private Priority priority;

    @Option(names = "--from-beginning", description = "also what came before")
    private boolean fromBeginning;

    @Option(names = "--format", paramLabel = "F", defaultValue = "table",
            description = "table or json (one alert a line, as on kubeguardian.alerts); default: table")
    private Format format;

    private final Ansi ansi = Ansi.detect();
    private final ObjectMapper json = new ObjectMapper();

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        List<String> topics =
                format == Format.JSON ? List.of(Topics.ALERTS) : List.of(Topics.SIGNALS, Topics.INCIDENTS);
        try {
            return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
                try (TopicFollower follower = new TopicFollower(client, topics, fromBeginning, this::show)) {
                    return watch(follower, String.valueOf(client.get("bootstrap.servers")));
                }
            }));
        } catch (Interrupted e) {
            return 0; // Ctrl-C is how this command ends
        }
    }

    /** Until it is interrupted. A broker that goes away must not look like a quiet cluster. */
    private static int watch(TopicFollower follower, String servers) {
        boolean connected = true;
        while (true) {
            follower.await(LOOK);
            if (follower.connected() != connected) {
                connected = !connected;
                System.err.println("kubeguardian: Kafka at " + servers
                        + (connected ? " answers again" : " does not answer any more; trying until it does"));
            }
        }
    }

    private void show(ConsumerRecord<byte[], byte[]> record) {
        try {
            switch (record.topic()) {
                case Topics.SIGNALS -> {
                    Signal signal = SIGNAL.decode(record.value());
                    if (wanted(signal.getWorkload(), signal.getPriority())) {
                        print(signal.getPriority(), signal.getEventTime(), signal.getRule(), signal.getWorkload(),
                                signal.getOutput());
                    }
                }
                case Topics.INCIDENTS -> {
                    Incident incident = INCIDENT.decode(record.value());
                    if (wanted(incident.getWorkload(), incident.getPriority())) {
                        print(incident.getPriority(), incident.getLastEventTime(), "INCIDENT " + incident.getId() + told(incident) + "  " + incident.getTitle(),
                                incident.getWorkload(), String.join(" → ",
                                        incident.getSignals().stream().map(Signal::getRule).toList()));
                    }
                }
                default -> showJson(record.value());
            }
        } catch (MalformedRecordException | IOException | IllegalArgumentException e) {
            DecodedRecords.tellUnreadable(record, e);
        }
    }

    private static String told(Incident incident) {
        return switch (incident.getState()) {
            case OPEN -> "";
            case UPDATED -> " grows, revision " + incident.getRevision();
            case CLOSED -> " closes, revision " + incident.getRevision();
        };
    }

    private void showJson(byte[] alert) throws IOException {
        JsonNode tree = json.readTree(alert);
        JsonNode workload = tree.path("resources").path(0); // OCSF: the workload stands first
        WorkloadRef ref = new WorkloadRef(workload.path("data").path("cluster").asText(),
                workload.path("namespace").asText(), workload.path("type").asText(), workload.path("name").asText());
        Priority alertPriority = Priority.valueOf(tree.path("unmapped").path("priority").asText("DEBUG").toUpperCase(Locale.ROOT));
        if (wanted(ref, alertPriority)) {
            System.out.println(json.writeValueAsString(tree));
        }
    }

    private boolean wanted(WorkloadRef workload, Priority alertPriority) {
        return alertPriority.compareTo(priority) <= 0
                && (namespace == null || namespace.equals(workload.getNamespace()))
                && (deployment == null
                        || workload.getKind().equals("Deployment") && deployment.equals(workload.getName()));
    }

    private void print(Priority alertPriority, long time, String what, WorkloadRef workload, String detail) {
        Instant at = Instant.ofEpochSecond(0, time).truncatedTo(ChronoUnit.MILLIS);
        System.out.printf("%s  %s  %s  %s%n    %s%n", ansi.dim(at.toString()),
                ansi.of(alertPriority, String.format("%-13s", alertPriority)), ansi.bold(what),
                workload.getNamespace() + '/' + workload.getKind() + '/' + workload.getName(), ansi.dim(detail));
    }
}
