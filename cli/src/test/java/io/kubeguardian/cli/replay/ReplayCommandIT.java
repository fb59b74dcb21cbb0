package io.kubeguardian.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayCommandIT {
    private static final Path CAPTURES = Path.of("demo/capture");
    private static final String SHELL = "Shell spawned by a server process";

    @TempDir
    Path folder;

    private String rules(String name, String condition) throws Exception {
        return Files.writeString(folder.resolve(name), """
                - rule: wget
                  desc: d
                  priority: NOTICE
                  output: "%proc.cmdline"
                  condition: evt.type = execve and CONDITION
                """.replace("CONDITION", condition)).toString();
    }

    @Test
    void aCaptureIsToldWithWhatTheRulesMakeOfIt() throws Exception {
        CommandRun run = CommandRun.of("replay", "--format", "json", CAPTURES.resolve("normal.avro").toString(),
                CAPTURES.resolve("attack.avro").toString());

        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(run.code()).isZero();
        assertThat(report.at("/evidence/pods").asInt()).isEqualTo(1);
        assertThat(report.at("/rules/byRule").path(SHELL).asInt()).isEqualTo(3);
        assertThat(report.at("/rules/alerts/0/workload").asText()).isEqualTo("shop/Deployment/orders");
    }

    @Test
    void twoSetsOfRulesAreComparedAlertByAlert() throws Exception {
        String narrow = rules("narrow.yaml", "proc.exe = wget");
        String wide = rules("wide.yaml", "proc.exe in (wget, cat)");

        CommandRun run = CommandRun.of("replay", CAPTURES.resolve("attack.avro").toString(), "--rules", wide, "--against",
                narrow);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).containsPattern("wget +2 +1 +\\+1").contains("only with " + wide)
                .contains("exe /var/run/secrets").doesNotContain("only with " + narrow);
    }

    @Test
    void theSameRulesMakeNoDifference() throws Exception {
        String rules = rules("same.yaml", "proc.exe = wget");

        CommandRun run = CommandRun.of("replay", CAPTURES.resolve("attack.avro").toString(), "--rules", rules, "--against",
                rules);

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("no difference");
    }

    @Test
    void aTimeRangeOfTheTopicIsReplayedAndKept() throws Exception {
        Path kept = folder.resolve("kept.avro");
        CommandRun run;
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 2);
            publish(kafka);

            run = CommandRun.of("replay", "--from", "1h", "--bootstrap-servers", kafka.bootstrapServers(), "--keep",
                    kept.toString());
        }

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("28 events of 1 pod").contains(SHELL).contains("shop/Deployment/orders");
        assertThat(run.err()).contains("1 malformed record left out");
        assertThat(Evidence.of(java.util.List.of(kept)).events()).isEqualTo(28);
    }

    /** The attack with the pod's metadata, a record of an hour and a half ago, and one that is no batch. */
    private static void publish(EmbeddedKafka kafka) throws Exception {
        Map<String, Object> client = new HashMap<>(kafka.clientProperties());
        AvroCodec<EventBatch> batches = AvroCodec.of(EventBatch.class);
        long now = System.currentTimeMillis();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            try (CaptureFile.Reader normal = new CaptureFile.Reader(CAPTURES.resolve("normal.avro"))) {
                for (CaptureEntry entry : normal) {
                    if (entry.getRecord() instanceof PodMetadata pod) {
                        producer.send(new ProducerRecord<>(Topics.PODS, Keys.bytes(pod.getUid()),
                                AvroCodec.of(PodMetadata.class).encode(pod))).get();
                    } else {
                        EventBatch batch = (EventBatch) entry.getRecord();
                        producer.send(new ProducerRecord<>(Topics.EVENTS, 0, now - 5_400_000,
                                Keys.bytes(Keys.events(batch)), batches.encode(batch))).get();
                    }
                }
            }
            try (CaptureFile.Reader attack = new CaptureFile.Reader(CAPTURES.resolve("attack.avro"))) {
                for (CaptureEntry entry : attack) {
                    EventBatch batch = (EventBatch) entry.getRecord();
                    producer.send(new ProducerRecord<>(Topics.EVENTS, Keys.bytes(Keys.events(batch)),
                            batches.encode(batch))).get();
                }
            }
            producer.send(new ProducerRecord<>(Topics.EVENTS, Keys.bytes("x"), "junk".getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "replay | replay needs capture files",
        "replay nope.avro | nope.avro: no such file",
        "replay pom.xml | pom.xml: not a capture file",
        "replay --from yesterday | --from is yesterday; expected a time",
        "replay --from 1h --to 2h | is not before --to 2h",
        "replay --from 1h --bootstrap-servers localhost:1 | localhost:1 does not answer",
        "replay demo/capture/attack.avro --rules nope.yaml | nope.yaml",
        "replay demo/capture/attack.avro --from 1h | replay needs capture files",
    })
    void wrongUseIsToldInALine(String command, String message) {
        CommandRun run = CommandRun.of(command.split(" "));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines().filter(line -> line.contains(message))).hasSize(1);
        assertThat(run.out()).isEmpty();
    }
}
