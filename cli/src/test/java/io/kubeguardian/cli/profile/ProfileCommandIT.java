package io.kubeguardian.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.detection.EmbeddedFlink;
import io.kubeguardian.detection.RuleDetectorFactory;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator's way with a baseline of a running job, over a real broker. */
class ProfileCommandIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SECOND = 1_000_000_000L;
    private static final String WORKLOAD = "prod/shop/Deployment/orders";
    private static final String IMAGE = "sha256:" + "a".repeat(64);

    private final long start = (System.currentTimeMillis() / 1000 - 600) * SECOND;
    private final Map<String, Long> sequences = new HashMap<>();
    private int pid = 1000;

    @TempDir
    Path folder;

    private EmbeddedKafka kafka;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 1);
        producer = new KafkaProducer<>(kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void stop() {
        producer.close();
        kafka.close();
    }

    @Test
    @SuppressWarnings("try") // the job only has to run
    void aDriftIsSeenAcceptedFrozenExportedResetAndImportedWithEveryStepOnRecord() throws Exception {
        var config = ConfigReader.read(null, Map.of("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                "KUBEGUARDIAN_DETECTION_LEARNING_SECONDS", "60", "KUBEGUARDIAN_DETECTION_QUIET_SECONDS", "30"));
        try (EmbeddedFlink flink = EmbeddedFlink.start(config, new RuleDetectorFactory(List.of()), 0, 2, null)) {
            // Given a baseline that two replicas have made ready
            for (String pod : List.of("pod-1", "pod-2")) {
                pod(pod);
                exec(pod, "/srv/orders", 0);
                connect(pod, "10.0.0.5", 5432, 1);
                exec(pod, "/srv/orders", 120);
            }
            awaitProfile(profile -> profile.getPhase() == ProfilePhase.READY);

            // When one of them runs a shell
            exec("pod-1", "/bin/sh", 130);

            // Then that is a drift, and says how rare it is
            Signal drift = signals(1).getFirst();
            assertThat(drift.getRule()).isEqualTo("drift.exec");
            assertThat(drift.getOutput()).contains("/bin/sh", "seen on 1 of 2 pods of the workload", "1 of 2 of the fleet");
            assertThat(drift.getScore()).isEqualTo(1);
            assertThat(drift.getContributions()).hasSize(3);

            // Accepted, it is none on the other
            CommandRun accepted = profile("accept", "shop/orders", "exec", "/bin/sh", "--by", "alice", "--reason", "debugging");
            assertThat(accepted.code()).as(accepted.err()).isZero();
            assertThat(accepted.out()).startsWith("accept " + WORKLOAD + " sha256:");
            assertThat(accepted.err()).contains("applied by the job", "is ready, ");
            exec("pod-2", "/bin/sh", 140);
            exec("pod-2", "/tmp/marker", 141);
            assertThat(signals(2)).extracting(s -> s.getOutputFields().get("kubeguardian.item"))
                    .containsExactly("/bin/sh", "/tmp/marker");

            // It is listed and shown with all of it
            JsonNode listed = json(profile("list", "--format", "json"));
            assertThat(listed).hasSize(1);
            assertThat(listed.at("/0/phase").asText()).isEqualTo("READY");
            assertThat(profile("list").out()).contains(WORKLOAD, "ready");
            awaitProfile(profile -> profile.getDrifts().size() == 1);
            CommandRun shown = profile("show", "orders");
            assertThat(shown.out()).contains("10.0.0.5:5432", "accepted", "/bin/sh", "/tmp/marker");

            // It exports what enforces it, with the labels of its pods
            assertThat(profile("export", "orders", "--format", "networkpolicy").out())
                    .contains("kind: NetworkPolicy", "app: orders", "cidr: 10.0.0.5/32").doesNotContain("pod-template-hash");
            assertThat(profile("export", "orders", "--format", "apparmor").out()).contains("/srv/orders mrix,");
            assertThat(profile("export", "orders", "--format", "runtimepolicy").out()).contains("path: /srv/orders");
            assertThat(profile("export", "orders", "--format", "seccomp").err()).contains("syscallCountSeconds");
            Path file = Files.writeString(folder.resolve("orders.json"), profile("export", "orders", "--format", "json").out());

            // Frozen, it cannot be reset; thawed, it can, and knows nothing but what was accepted
            assertThat(profile("freeze", "orders", "--reason", "audit").code()).isZero();
            assertThat(json(profile("show", "orders", "--format", "json")).get("frozen").asBoolean()).isTrue();
            CommandRun refused = profile("reset", "orders", "--reason", "x");
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).contains("unfreeze it first");
            assertThat(profile("unfreeze", "orders", "--reason", "over").code()).isZero();
            assertThat(profile("reset", "orders", "--reason", "new release").code()).isZero();
            JsonNode empty = json(profile("show", "orders", "--format", "json"));
            assertThat(empty.get("items").findValuesAsText("item")).containsExactly("/bin/sh");
            assertThat(empty.get("phase").asText()).isEqualTo("LEARNING");
            CommandRun tooEarly = profile("export", "orders", "--format", "networkpolicy");
            assertThat(tooEarly.code()).isEqualTo(1);
            assertThat(tooEarly.err()).contains("is learning: it does not know yet all that is normal");

            // What was exported makes it ready again
            CommandRun imported = profile("import", file.toString(), "--reason", "as before");
            assertThat(imported.code()).as(imported.err()).isZero();
            JsonNode again = json(profile("show", "orders", "--format", "json"));
            assertThat(again.get("phase").asText()).isEqualTo("READY");
            assertThat(again.get("items").findValuesAsText("item")).contains("10.0.0.5:5432", "/srv/orders");

            // And who did what, when and why is on record
            List<ProfileAudit> steps = records(Topics.PROFILE_AUDIT, ProfileAudit.class, all -> applied(all).size() >= 5);
            assertThat(applied(steps)).extracting(ProfileAudit::getAction)
                    .containsExactly("accept", "freeze", "unfreeze", "reset", "import");
            assertThat(applied(steps).getFirst().getIssuedBy()).isEqualTo("alice");
            assertThat(applied(steps)).extracting(ProfileAudit::getReason)
                    .containsExactly("debugging", "audit", "over", "new release", "as before");
            assertThat(applied(steps)).allSatisfy(step -> {
                assertThat(step.getPolicyDigest()).startsWith("sha256:");
                assertThat(step.getProfileDigest()).startsWith("sha256:");
                assertThat(step.getIssuedTime()).isPositive();
            });
            assertThat(steps).extracting(ProfileAudit::getEvent).contains(ProfileEvent.LEARNING, ProfileEvent.READY);

            // What is exported as a RuntimePolicy and published is what the job judges by, until it is taken back
            Path policy = Files.writeString(folder.resolve("orders.yaml"),
                    profile("export", "orders", "--format", "runtimepolicy").out());
            CommandRun published = profile("publish", policy.toString(), "--by", "alice");
            assertThat(published.code()).as(published.err()).isZero();
            assertThat(published.out()).startsWith("published shop/kubeguardian-shop-orders for " + WORKLOAD + " sha256:");
            Signal breach = breach("/tmp/other");
            assertThat(breach.getOutput()).contains("that its runtime policy does not allow: /tmp/other",
                    "RuntimePolicy shop/kubeguardian-shop-orders, mode alert");
            JsonNode policies = json(profile("policies", "--format", "json"));
            assertThat(policies.findValuesAsText("digest")).containsExactly(
                    breach.getOutputFields().get("kubeguardian.policy.digest"));
            assertThat(policies.at("/0/issuedBy").asText()).isEqualTo("alice");
            assertThat(profile("policies").out()).contains("shop/kubeguardian-shop-orders  alert");
            assertThat(profile("remove", "shop/kubeguardian-shop-orders").code()).isZero();
            assertThat(json(profile("policies", "--format", "json"))).isEmpty();

            // Garbage on the topic is aside, and the job goes on
            send(Topics.POLICIES, Keys.PROFILE + "x/y/z/q", "junk".getBytes(StandardCharsets.UTF_8));
            List<DeadLetter> letters = records(Topics.DEAD_LETTERS, DeadLetter.class, all -> !all.isEmpty());
            assertThat(letters).singleElement().satisfies(l -> assertThat(l.getTopic()).isEqualTo(Topics.POLICIES));
        }
    }

    @Test
    void whatCannotBeIsSaidInOneLine() throws Exception {
        assertThat(profile("show", "nobody").err()).contains("no baseline of a workload nobody is published");
        assertThat(profile("accept", "x", "exec", "--reason", "y").err()).contains("expected KIND and ITEM");
        assertThat(profile("accept", "x", "exce", "/bin/sh", "--reason", "y").err()).contains("there is no kind exce");
        assertThat(profile("accept", "x", "exec", "/bin/sh").code()).isEqualTo(2); // why is asked for
        assertThat(profile("freeze", "x", "--reason", " ").err()).contains("--reason");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\n \"workload\": 7\n}");
        assertThat(profile("import", broken.toString(), "--reason", "x").err())
                .contains("broken.json: workload: expected an object, found 7");
        Files.writeString(broken, "{\"surprise\": 1}");
        assertThat(profile("import", broken.toString(), "--reason", "x").err()).contains("unknown field surprise");
        Files.writeString(broken, "{");
        assertThat(profile("import", broken.toString(), "--reason", "x").err()).contains("broken.json:1: not JSON");
        assertThat(profile("import", folder.resolve("none").toString(), "--reason", "x").err()).contains("cannot be read");
        JsonNode good = ProfileJson.of(io.kubeguardian.cli.profile.export.ExportExamples.profile());
        Files.writeString(broken, good.toString().replace("/etc/nginx/nginx.conf", "/etc/shadow"));
        CommandRun changed = profile("import", broken.toString(), "--reason", "x");
        assertThat(changed.code()).isEqualTo(2);
        assertThat(changed.err()).contains("it was changed by hand");
        Files.writeString(broken, good.toString());
        CommandRun alone = profile("import", broken.toString(), "--reason", "x", "--timeout", "1");
        assertThat(alone.err()).contains("no job has applied it within 1 s");
        CommandRun offline = CommandRun.of("profile", "export", "--from", broken.toString(), "--format", "seccomp");
        assertThat(offline.code()).as(offline.err()).isZero();
        assertThat(offline.out()).contains("SCMP_ACT_ERRNO", "epoll_wait");
    }

    @Test
    void aPolicyThatCannotBeUsedIsNotPublished() throws Exception {
        String good = """
                apiVersion: kubeguardian.io/v1alpha1
                kind: RuntimePolicy
                metadata: {name: web, namespace: shop}
                spec: {workload: {kind: Deployment, name: web}, programs: [{path: /srv/web}]}
                """;
        Path file = Files.writeString(folder.resolve("web.yaml"), good);
        assertThat(profile("publish", file.toString()).err()).contains("web.yaml: document 1: ", "--cluster");
        Files.writeString(file, good + "---\n" + good.replace("programs", "program"));
        assertThat(profile("publish", file.toString(), "--cluster", "prod").err())
                .contains("web.yaml: document 2: spec: unknown field program");
        Files.writeString(file, good + "---\n" + good);
        assertThat(profile("publish", file.toString(), "--cluster", "prod").err()).contains("is there twice");
        Files.writeString(file, good.replace("RuntimePolicy", "NetworkPolicy"));
        assertThat(profile("publish", file.toString(), "--cluster", "prod").err()).contains("is no RuntimePolicy");
        Files.writeString(file, "a: [\nb");
        assertThat(profile("publish", file.toString(), "--cluster", "prod").err()).contains("web.yaml:2: not YAML");
        Files.writeString(file, "[".repeat(5_000));
        assertThat(profile("publish", file.toString(), "--cluster", "prod").code()).isEqualTo(2);
        assertThat(profile("remove", "shop/web").err()).contains("no RuntimePolicy shop/web is published");
        assertThat(TopicContents.of(kafka.clientProperties(), Topics.POLICIES)).isEmpty();
    }

    /** Until the policy, which came at the same time, has met it. */
    private Signal breach(String exe) {
        List<Signal> found = new ArrayList<>();
        for (int second = 300; found.isEmpty() && second < 360; second++) {
            exec("pod-2", exe, second);
            TopicContents.follow(kafka.clientProperties(), Topics.SIGNALS, Duration.ofSeconds(1), record -> {
                try {
                    Signal signal = AvroCodec.of(Signal.class).decode(record.value());
                    return signal.getRule().equals("policy.exec") && found.add(signal);
                } catch (MalformedRecordException e) {
                    throw new AssertionError(e);
                }
            });
        }
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static List<ProfileAudit> applied(List<ProfileAudit> steps) {
        return steps.stream().filter(step -> step.getEvent() == ProfileEvent.APPLIED).toList();
    }

    private void awaitProfile(Predicate<Profile> condition) {
        records(Topics.PROFILES, Profile.class, all -> !all.isEmpty() && condition.test(all.getLast()));
    }

    private List<Signal> signals(int count) {
        return records(Topics.SIGNALS, Signal.class, all -> drifts(all).size() >= count).stream()
                .filter(signal -> signal.getKind() == SignalKind.DRIFT).toList();
    }

    private static List<Signal> drifts(List<Signal> all) {
        return all.stream().filter(signal -> signal.getKind() == SignalKind.DRIFT).toList();
    }

    private <T extends SpecificRecordBase> List<T> records(String topic, Class<T> type, Predicate<List<T>> enough) {
        AvroCodec<T> codec = AvroCodec.of(type);
        List<T> records = new ArrayList<>();
        boolean found = TopicContents.follow(kafka.clientProperties(), topic, PATIENCE, record -> {
            try {
                records.add(codec.decode(record.value()));
            } catch (MalformedRecordException e) {
                throw new AssertionError(e);
            }
            return enough.test(records);
        });
        assertThat(found).as("%s: %s", topic, records).isTrue();
        return records;
    }

    private void pod(String uid) {
        PodMetadata pod = PodMetadata.newBuilder().setCluster("prod").setUid(uid).setNamespace("shop").setName("orders-" + uid)
                .setNode("node-1").setWorkloadKind("Deployment").setWorkloadName("orders")
                .setLabels(Map.of("app", "orders", "pod-template-hash", "7d9f8b6c5d"))
                .setContainers(List.of(ContainerMetadata.newBuilder().setId(container(uid)).setName("main")
                        .setImage("registry.example/shop/orders:1").setImageDigest(IMAGE).build()))
                .setUpdatedAt(start / 1_000_000).build();
        send(Topics.PODS, uid, AvroCodec.of(PodMetadata.class).encode(pod));
    }

    private static String container(String pod) {
        return (pod.endsWith("1") ? "1" : "2").repeat(64);
    }

    private void exec(String pod, String exe, long second) {
        EventBatchBuilder batch = new EventBatchBuilder();
        int process = batch.process(++pid, pid, pid, container(pod), "x", 1000, 1000);
        batch.addExec(start + second * SECOND, process, 1, 1L, exe, List.of(exe), "/", 0);
        send(pod, batch);
    }

    private void connect(String pod, String address, int port, long second) {
        EventBatchBuilder batch = new EventBatchBuilder();
        int process = batch.process(pid, pid, pid, container(pod), "x", 1000, 1000);
        batch.addConnect(start + second * SECOND, process, 2, address, port, 0, 0);
        send(pod, batch);
    }

    private void send(String pod, EventBatchBuilder builder) {
        EventBatch batch = builder.build();
        batch.setCluster("prod");
        batch.setNode("node-1");
        batch.setBootId("boot");
        batch.setEpoch(start / 1_000_000);
        long sequence = sequences.merge(pod, 1L, Long::sum) - 1;
        batch.setNodeSequence(sequences.values().stream().mapToLong(Long::longValue).sum() - 1);
        batch.setPodSequence(sequence);
        batch.setPodUid(pod);
        producer.send(new ProducerRecord<>(Topics.EVENTS, null, batch.getBaseTime() / 1_000_000, Keys.bytes(pod),
                AvroCodec.of(EventBatch.class).encode(batch)));
        producer.flush();
    }

    private void send(String topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, Keys.bytes(key), value));
        producer.flush();
    }

    private static JsonNode json(CommandRun run) throws Exception {
        assertThat(run.code()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    private CommandRun profile(String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of("profile", command, "--bootstrap-servers", kafka.bootstrapServers()));
        line.addAll(List.of(arguments));
        return CommandRun.of(line.toArray(String[]::new));
    }
}
