package io.kubeguardian.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.detection.EmbeddedFlink;
import io.kubeguardian.detection.RuleDetectorFactory;
import io.kubeguardian.detection.DetectionJob;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuleVerdict;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules into running jobs and back, as an operator does it. */
class PublishCommandIT {
    @TempDir
    Path folder;

    private EmbeddedKafka kafka;

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 1);
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    @SuppressWarnings("try") // the job only has to run
    void aPublicationIsAcknowledgedByEverySubtaskListedAndRolledBack() throws Exception {
        String mine = rule("mine");
        String digest = RuleSet.loadPaths(List.of(Path.of(mine))).digest();
        var config = ConfigReader.read(null, Map.of("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers()));
        try (EmbeddedFlink flink = EmbeddedFlink.start(config, new RuleDetectorFactory(List.of()), 0, 2, null)) {
            CommandRun published = rules("publish", "--wait", mine);
            assertThat(published.code()).as(published.err()).isZero();
            assertThat(published.out()).isEqualTo("published " + digest + "\n");
            assertThat(published.err().lines()).containsExactlyInAnyOrder(
                    "kubeguardian: subtask 0 of 2: runs it, 1 rule", "kubeguardian: subtask 1 of 2: runs it, 1 rule");

            CommandRun listed = rules("list", "--effective", "--format", "json");
            JsonNode report = new ObjectMapper().readTree(listed.out());
            assertThat(listed.code()).isZero();
            assertThat(report.at("/published/digest").asText()).isEqualTo(digest);
            assertThat(report.at("/subtasks").findValuesAsText("state")).containsExactly("runs", "runs");
            assertThat(report.at("/subtasks").findValuesAsText("digest")).containsExactly(digest, digest);
            assertThat(report.at("/rules").findValuesAsText("name")).containsExactly("mine");
            assertThat(report.at("/rules/0/hits").asLong()).isZero();
            assertThat(rules("list", "--effective").out()).contains("published   " + digest + " by ")
                    .containsPattern("subtask 0 +runs " + digest).containsPattern("mine +0 +0 +- +-");

            CommandRun back = rules("rollback", "--wait");
            assertThat(back.code()).as(back.err()).isZero();
            assertThat(back.out()).isEqualTo("active configuration\n");
            JsonNode configured = new ObjectMapper().readTree(rules("list", "--effective", "--format", "json").out());
            assertThat(configured.at("/effective").asBoolean()).isTrue();
            assertThat(configured.at("/subtasks/0/configured").asBoolean()).isTrue();
            assertThat(configured.at("/rules")).hasSize(RuleSet.loadBuiltIn().rules().size());

            patternsGoTheirOwnWay();
        }
    }

    @Test
    void filesWithAMistakeAreNotPublished() throws Exception {
        Path broken = Files.writeString(folder.resolve("b.yaml"), Files.readString(Path.of(rule("b")))
                .replace("proc.name", "proc.nme"));

        CommandRun run = rules("publish", broken.toString());

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("b.yaml:3:36: rule 'b': unknown field proc.nme");
        assertThat(TopicContents.of(kafka.clientProperties(), Topics.POLICIES)).isEmpty();
        assertThat(rules("publish", "--lenient", broken.toString(), rule("c")).code()).isZero();
    }

    @Test
    void aRollbackGoesBackStepByStepAndToAnyThatIsKnown() throws Exception {
        List<String> digests = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            digests.add(rules("publish", rule(name)).out().strip().replace("published ", ""));
        }

        assertThat(rules("rollback").out()).isEqualTo("active " + digests.get(1) + "\n");
        assertThat(rules("rollback").out()).isEqualTo("active " + digests.get(0) + "\n");
        assertThat(rules("rollback").out()).isEqualTo("active configuration\n");
        CommandRun tooFar = rules("rollback");
        assertThat(tooFar.code()).isEqualTo(2);
        assertThat(tooFar.err()).contains("there is nothing before configuration").contains(digests.get(2));
        assertThat(rules("rollback", "--to", digests.get(2).substring(0, 16)).out())
                .isEqualTo("active " + digests.get(2) + "\n");
        assertThat(rules("rollback", "--to", "configuration").code()).isZero();
        CommandRun unknown = rules("rollback", "--to", "abcdefabcdef");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("no bundle abcdefabcdef; known: " + digests.get(0));
    }

    @Test
    void whatNoRollbackReachesLeavesTheTopic() throws Exception {
        for (int i = 0; i < PublishedRules.HISTORY + 3; i++) {
            assertThat(rules("publish", rule("r" + i)).code()).isZero();
        }

        PublishedRules published = PublishedRules.read(kafka.clientProperties(), BundleKind.RULES);

        assertThat(published.previous()).hasSize(PublishedRules.HISTORY);
        assertThat(published.digests()).hasSize(PublishedRules.HISTORY + 1).containsAll(published.previous());
    }

    @Test
    void whatAJobOfAnotherVersionRefusesIsTakenBack() throws Exception {
        rules("publish", rule("good"));
        Thread job = Thread.ofPlatform().start(this::refuseTheNext);

        CommandRun run = rules("publish", "--wait", rule("too new"));

        job.join();
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("subtask 0 of 1: refuses it", "x.yaml:1:1: not known here", "is active again");
        PublishedRules published = PublishedRules.read(kafka.clientProperties(), BundleKind.RULES);
        assertThat(published.active().getFiles().getFirst().getName()).endsWith("good.yaml");
        CommandRun listed = rules("list", "--effective");
        assertThat(listed.code()).isEqualTo(1);
        assertThat(listed.out()).contains("refused").contains("x.yaml:1:1: not known here");
    }

    @Test
    void garbageOnTheTopicsIsToldAndStopsNothing() throws Exception {
        rules("publish", rule("a"));
        send(Topics.POLICIES, Keys.ACTIVE_RULES, "junk".getBytes(StandardCharsets.UTF_8));
        send(Topics.POLICIES, "admission/x", "junk".getBytes(StandardCharsets.UTF_8));
        send(Topics.RULE_STATUS, "x", "junk".getBytes(StandardCharsets.UTF_8));

        CommandRun run = rules("publish", rule("b"));
        CommandRun listed = rules("list", "--effective");

        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("kubeguardian.policies offset 2: not a RuleBundle").doesNotContain("offset 3");
        assertThat(PublishedRules.read(kafka.clientProperties(), BundleKind.RULES).previous()).hasSize(2);
        assertThat(listed.code()).isEqualTo(2);
        assertThat(listed.err()).contains("kubeguardian.rule-status offset 0: not a RuleStatus")
                .contains("no job has reported its rules");
    }

    @Test
    void withoutAJobWaitingEndsAndSaysSo() throws Exception {
        CommandRun run = rules("publish", "--wait", "--timeout", "1", rule("a"));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("no subtask has answered within 1 s; is the detection job running?");
    }

    @Test
    void anotherBrokerIsToldInOneLine() throws Exception {
        try (EmbeddedKafka empty = EmbeddedKafka.start()) {
            CommandRun run = CommandRun.of("rules", "rollback", "--bootstrap-servers", empty.bootstrapServers());

            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err().lines()).hasSize(1);
            assertThat(run.err()).contains("no topic kubeguardian.policies");
        }
    }

    /** A job that takes nothing: answers the newest publication for its one subtask. */
    private void refuseTheNext() {
        long known = PublishedRules.read(kafka.clientProperties(), BundleKind.RULES).active().getIssuedTime();
        TopicContents.follow(kafka.clientProperties(), Topics.POLICIES, Duration.ofSeconds(60), record -> {
            RuleBundle bundle = active(record);
            if (bundle == null || bundle.getIssuedTime() <= known) {
                return false;
            }
            RuleStatus status = RuleStatus.newBuilder().setJob(DetectionJob.NAME).setJobId("1").setSubtask(0).setParallelism(1)
                    .setTime(System.currentTimeMillis() * 1_000_000).setDigest("").setConfigured(true).setSince(1)
                    .setRequestedDigest(bundle.getDigest()).setRequestedTime(bundle.getIssuedTime())
                    .setVerdict(RuleVerdict.REJECTED).setProblem("x.yaml:1:1: not known here").build();
            send(Topics.RULE_STATUS, Keys.ruleStatus(status), AvroCodec.of(RuleStatus.class).encode(status));
            return true;
        });
    }

    private static RuleBundle active(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Arrays.equals(record.key(), Keys.bytes(Keys.ACTIVE_RULES))
                    ? AvroCodec.of(RuleBundle.class).decode(record.value()) : null;
        } catch (MalformedRecordException e) {
            throw new AssertionError(e);
        }
    }

    private void send(String topic, String key, byte[] value) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, Keys.bytes(key), value));
        }
    }

    /** Into the job that runs, beside the rules. */
    private void patternsGoTheirOwnWay() throws Exception {
        String file = Files.writeString(folder.resolve("two.yml"), """
                title: Two steps
                correlation: {type: temporal, rules: [a, b], group-by: [pod], timespan: 5m}
                """).toString();

        CommandRun published = run("patterns", "publish", "--wait", file);
        assertThat(published.code()).as(published.err()).isZero();
        assertThat(published.err()).contains("subtask 0 of 2: runs it, 1 pattern");
        CommandRun listed = run("patterns", "list", "--effective");
        assertThat(listed.code()).as(listed.out()).isZero();
        assertThat(listed.out()).contains("kubeguardian-patterns", "1 pattern").doesNotContain("RULE ");
        assertThat(rules("list", "--effective").code()).isZero();
        CommandRun back = run("patterns", "rollback", "--wait");
        assertThat(back.code()).as(back.err()).isZero();
        assertThat(back.out()).isEqualTo("active configuration\n");
    }

    private CommandRun rules(String command, String... arguments) {
        return run("rules", command, arguments);
    }

    private CommandRun run(String group, String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of(group, command, "--bootstrap-servers", kafka.bootstrapServers()));
        line.addAll(List.of(arguments));
        return CommandRun.of(line.toArray(String[]::new));
    }

    private String rule(String name) throws Exception {
        return Files.writeString(folder.resolve(name + ".yaml"), """
                - rule: %s
                  desc: d
                  condition: evt.type = execve and proc.name = x
                  output: x
                  priority: NOTICE
                """.formatted(name)).toString();
    }
}
