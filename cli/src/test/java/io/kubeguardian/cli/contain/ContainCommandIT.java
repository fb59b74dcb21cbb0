package io.kubeguardian.cli.contain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.cli.Home;
import io.kubeguardian.cli.stack.Cgroups;
import io.kubeguardian.cli.stack.JavaChild;
import io.kubeguardian.cli.stack.SensorProbe;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command against a real broker and, where this kernel lets it, a real collector with a container of the test's own. */
class ContainCommandIT {
    private static final Home HOME = new Home(Path.of("..").toAbsolutePath().normalize());
    private static EmbeddedKafka kafka;

    @TempDir
    Path folder;

    private final String uid = UUID.randomUUID().toString();
    private final String container = (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
    private final String cluster = "cluster-" + uid.substring(0, 8);
    private final String podName = "orders-" + uid.substring(0, 8);
    private final List<Path> cgroups = new ArrayList<>();
    private JavaChild collector;

    @BeforeAll
    static void startBroker() {
        kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 2);
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @BeforeEach
    void publishPod() throws Exception {
        PodMetadata pod = PodMetadata.newBuilder().setCluster(cluster).setUid(uid).setNamespace("shop").setName(podName)
                .setNode("node-1").setWorkloadKind("Deployment").setWorkloadName("orders")
                .setContainers(List.of(ContainerMetadata.newBuilder().setId(container).setName("app")
                        .setImage("shop/orders:1").build()))
                .setUpdatedAt(1).build();
        send(Topics.PODS, uid, AvroCodec.of(PodMetadata.class).encode(pod));
    }

    @AfterEach
    void stopCollector() throws Exception {
        if (collector != null) {
            collector.close();
        }
        for (Path cgroup : cgroups.reversed()) {
            Files.delete(cgroup);
        }
    }

    /** Skips, with a word, where the sensor cannot run. */
    private void startCollector() throws Exception {
        SensorProbe probe = SensorProbe.run(HOME);
        if (!probe.works()) {
            System.out.println("SKIPPED contain with a collector: " + probe.reason());
        }
        assumeTrue(probe.works(), "the sensor does not work here: " + probe.reason());
        Path root = make(Cgroups.mountPoint().resolve("kubeguardian-test-" + uid));
        make(make(make(root.resolve("kubepods")).resolve("pod" + uid)).resolve(container));
        collector = JavaChild.start("collector", HOME.resolve("collector/collector.jvm"), HOME.classPath("collector"),
                "io.kubeguardian.collector.CollectorMain", List.of(), Map.of(
                        "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                        "KUBEGUARDIAN_COLLECTOR_CGROUP", root.toString(), "KUBEGUARDIAN_COLLECTOR_CLUSTER", cluster,
                        "KUBEGUARDIAN_COLLECTOR_NODE", "node-1", "KUBEGUARDIAN_COLLECTOR_HEALTH_SECONDS", "1",
                        "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"),
                folder.resolve("collector.log"), line -> line.startsWith("collector ready"));
        collector.awaitReady(Duration.ofSeconds(60));
    }

    private Path make(Path cgroup) throws Exception {
        cgroups.add(Files.createDirectory(cgroup));
        return cgroup;
    }

    private boolean frozen() throws Exception {
        return Files.readString(cgroups.getLast().resolve("cgroup.freeze")).strip().equals("1");
    }

    @Test
    void aContainerIsContainedListedAndReleased() throws Exception {
        startCollector();

        CommandRun contained = contain(container.substring(0, 20), "--action", "freeze,deny-network", "--for", "10m",
                "--reason", "under investigation", "--except-destination", "10.0.0.0/8:443/tcp", "--requested-by",
                "ana@bastion", "--wait");

        assertThat(contained.code()).as(contained.err()).isZero();
        assertThat(contained.out()).contains("pod shop/" + podName + ", container app on node-1: active",
                "freeze        in force by cgroup.freeze", "deny-network  in force by cgroup/connect4");
        assertThat(frozen()).isTrue();
        JsonNode listed = listed();
        assertThat(listed.path("state").asText()).isEqualTo("active");
        assertThat(listed.path("by").asText()).isEqualTo("ana@bastion");
        assertThat(listed.path("reason").asText()).isEqualTo("under investigation");
        assertThat(listed.path("node").asText()).isEqualTo("node-1");
        assertThat(listed.path("exceptDestinations").path(0).asText()).isEqualTo("10.0.0.0/8:443/tcp");
        assertThat(contain("--list").out()).contains(container.substring(0, 12), "shop/" + podName, "freeze,deny-network",
                "under investigation");

        CommandRun released = contain("--release", container, "--wait");

        assertThat(released.code()).as(released.err()).isZero();
        assertThat(released.out()).contains("released");
        assertThat(frozen()).isFalse();
        assertThat(listed().isMissingNode()).isTrue();
    }

    @Test
    void whatTheKernelCannotDoIsExitCodeOneAndSaidActionByAction() throws Exception {
        startCollector();

        CommandRun run = contain("--pod", "shop/" + podName, "--action", "deny-open,freeze", "--for", "10m", "--reason",
                "under investigation", "--wait", "--format", "json");

        JsonNode report = new ObjectMapper().readTree(run.out());
        JsonNode open = report.path("actions").path(0);
        assertThat(report.path("actions").path(1).path("hooks").asText()).isEqualTo("cgroup.freeze");
        assertThat(run.code()).isEqualTo(open.path("problem").asText().isEmpty() ? 0 : 1);
        assertThat(open.path("hooks").asText().isEmpty()).isNotEqualTo(open.path("problem").asText().isEmpty());
        assertThat(contain("--release", "--pod", "shop/" + podName, "--wait").code()).isZero();
    }

    @Test
    void aContainerThatNoPodNamesIsContainedByItsFullId() throws Exception {
        startCollector();
        String other = (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
        make(cgroups.get(2).resolve(other));

        CommandRun run = contain(other, "--action", "freeze", "--for", "10m", "--reason", "r", "--wait", "--config",
                config());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(frozen()).isTrue();
        CommandRun released = contain("--release", other, "--wait", "--config", config());
        assertThat(released.code()).as(released.err()).isZero();
        assertThat(frozen()).isFalse();
    }

    @Test
    void withoutACollectorItIsSaidThatNobodyAnswers() throws Exception {
        CommandRun run = contain(container, "--action", "kill-exec", "--for", "10m", "--reason", "r", "--wait",
                "--timeout", "1s");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("no collector has answered in 1 s");
        assertThat(listed().path("state").asText()).isEqualTo("unknown");
        assertThat(listed().path("actions").path(0).path("problem").asText()).isEqualTo("no collector has said so");
    }

    @Test
    void whatTheJobDecidedIsReleasedToo() throws Exception {
        Decision job = Decision.newBuilder().setId("job-1").setCluster(cluster).setNode("node-1").setPodUid(uid)
                .setContainerId(container).setWorkload(new WorkloadRef(cluster, "shop", "Deployment", "orders"))
                .setActions(List.of(ContainmentAction.KILL_EXEC)).setReason("risk").setIssuedBy("detection")
                .setIssuedTime(System.currentTimeMillis() * 1_000_000)
                .setExpiresTime((System.currentTimeMillis() + 600_000) * 1_000_000).build();
        send(Topics.DECISIONS, Keys.decision(job), AvroCodec.of(Decision.class).encode(job));
        assertThat(listed().path("by").asText()).isEqualTo("detection");

        CommandRun run = contain("--release", container);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(listed().isMissingNode()).isTrue();
    }

    @Test
    void whatIsUnknownOrUnreadableIsOneClearLine() throws Exception {
        send(Topics.DECISIONS, "junk", "junk\u001b[31m".getBytes());

        CommandRun unknown = contain("--pod", "shop/nowhere", "--action", "freeze", "--for", "1m", "--reason", "r");

        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("no pod shop/nowhere").doesNotContain("\tat ");
        CommandRun nothing = contain("--release", "--pod-uid", uid);
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err()).contains("nothing is decided about pod shop/" + podName).doesNotContain("\u001b");
    }

    /** This test's container in the list. */
    private JsonNode listed() throws Exception {
        CommandRun run = contain("--list", "--format", "json");
        assertThat(run.code()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out()).valueStream()
                .filter(c -> c.path("container").asText().equals(container)).findFirst()
                .orElse(com.fasterxml.jackson.databind.node.MissingNode.getInstance());
    }

    private String config() throws Exception {
        return Files.writeString(folder.resolve("config.yaml"), "collector:\n  cluster: " + cluster + "\n").toString();
    }

    private static CommandRun contain(String... options) {
        List<String> line = new ArrayList<>(List.of("contain", "--bootstrap", kafka.bootstrapServers()));
        line.addAll(List.of(options));
        return CommandRun.of(line.toArray(String[]::new));
    }

    private static void send(String topic, String key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, Keys.bytes(key), value)).get();
        }
    }
}
