package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The collector as nobody, with the capabilities of docs/privileges.md and with one less. */
@KernelTest(inGuest = false)
class PrivilegesIT {
    private static final String NOBODY = "65534";

    @TempDir
    static Path folder;

    private static String classPath;

    /** Nobody cannot read what lies in root's home. */
    @BeforeAll
    static void copyClassPath() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> copies = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":")) {
            Path from = Path.of(entry);
            if (Files.exists(from)) {
                Path to = folder.resolve(copies.size() + "-" + from.getFileName());
                copy(from, to);
                copies.add(to.toString());
            }
        }
        classPath = String.join(":", copies);
    }

    static List<String> documented() throws IOException {
        return Pattern.compile("(?m)^\\| `(CAP_[A-Z_]+)` \\|").matcher(Files.readString(Path.of("../docs/privileges.md")))
                .results().map((MatchResult row) -> row.group(1)).toList();
    }

    @Test
    void withExactlyTheDocumentedCapabilitiesItSeesAndContains() throws Exception {
        String pod = TestCgroups.randomPod();
        String container = TestCgroups.randomContainer();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(); TestCgroups cgroups = new TestCgroups()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            Path cgroup = cgroups.container(pod, container);
            try (CollectorProcess collector = collector(documented(), Map.of(
                    "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                    "KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                    "KUBEGUARDIAN_COLLECTOR_CLUSTER", "test",
                    "KUBEGUARDIAN_COLLECTOR_NODE", pod,
                    "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"), List.of())) {
                assertThat(collector.awaitLine("collector ready: ")).doesNotContain("CAP_")
                        .contains("contain.network=cgroup/connect4", "contain.freeze=REFUSED("); // root's cgroups
                run(cgroup, trigger("open_file"), "openat", "/etc/hostname");
                run(cgroup, trigger("connect_to"), "tcp4", "127.0.0.1", 1);
                try (TopicTail<EventBatch> events = new TopicTail<>(kafka, Topics.EVENTS, EventBatch.class)) {
                    events.await(read -> read.stream().mapToInt(b -> b.getExecs().size()).sum() == 2
                            && read.stream().anyMatch(b -> b.getOpens().stream()
                                    .anyMatch(o -> b.getStrings().get(o.getPath()).equals("/etc/hostname")))
                            && read.stream().mapToInt(b -> b.getConnects().size()).sum() == 1);
                }

                contain(kafka, pod, container);

                try (TopicTail<CollectorHealth> health =
                        new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
                    health.await(read -> read.stream().flatMap(h -> h.getContainments().stream())
                            .anyMatch(c -> c.getState() == ContainmentState.ACTIVE && c.getEffective().containsAll(
                                    List.of(ContainmentAction.KILL_EXEC, ContainmentAction.DENY_NETWORK))));
                }
                assertThat(run(cgroup, trigger("exit_with"), 0).status()).isEqualTo(128 + 9);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("documented")
    void withoutOneOfThemItNamesIt(String without) throws Exception {
        List<String> held = new ArrayList<>(documented());
        held.remove(without);
        try (TestCgroups cgroups = new TestCgroups();
                CollectorProcess collector = collector(held, Map.of(
                        "KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                        "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"),
                        List.of("--capture", "/dev/null", "--no-kafka"))) {
            String line = collector.awaitLine("collector");

            assertThat(line).contains(without + " is missing: grant it, or run as root");
            if (line.startsWith("collector: ")) {
                assertThat(collector.exitCode()).isEqualTo(2);
            } else {
                assertThat(line).startsWith("collector ready: ").contains("contain.network=REFUSED", "exec=tp_btf");
            }
        }
    }

    private static CollectorProcess collector(
            List<String> capabilities, Map<String, String> environment, List<String> arguments) throws IOException {
        StringBuilder sets = new StringBuilder("-all");
        capabilities.forEach(c -> sets.append(",+").append(c.substring("CAP_".length()).toLowerCase()));
        return new CollectorProcess(List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups",
                "--bounding-set=" + sets, "--inh-caps=" + sets, "--ambient-caps=" + sets, "--no-new-privs"),
                classPath, environment, arguments);
    }

    private static void contain(EmbeddedKafka kafka, String pod, String container) throws Exception {
        long now = System.currentTimeMillis() * 1_000_000;
        Decision decision = Decision.newBuilder().setId("d").setCluster("test").setNode(pod).setPodUid(pod)
                .setContainerId(container).setWorkload(new WorkloadRef("test", "ns", "Deployment", "w"))
                .setActions(List.of(ContainmentAction.KILL_EXEC, ContainmentAction.DENY_NETWORK))
                .setReason("test").setIssuedBy("test").setIssuedTime(now).setExpiresTime(now + 600_000_000_000L).build();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(kafka.clientProperties(),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.DECISIONS, Keys.bytes(Keys.decision(decision)),
                    AvroCodec.of(Decision.class).encode(decision))).get();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
                Files.createDirectory(to.resolve(from.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, file.equals(from) ? to : to.resolve(from.relativize(file).toString()));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
