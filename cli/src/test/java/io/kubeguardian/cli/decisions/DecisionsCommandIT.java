package io.kubeguardian.cli.decisions;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.Approval;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits for a person, and the person's answer; that the job takes it is PolicyIT's matter. */
class DecisionsCommandIT {
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
    void whatWaitsIsListedAndTheAnswerIsWrittenWithWhoAndWhy() throws Exception {
        log("aaa1", DecisionState.PENDING);
        log("aaa2", DecisionState.HELD);
        log("bbb", DecisionState.PENDING);
        log("bbb", DecisionState.REJECTED);

        CommandRun listed = run("list");
        assertThat(listed.code()).isEqualTo(1);
        assertThat(listed.out()).contains("aaa1", "aaa2").doesNotContain("bbb");
        assertThat(run("list", "--all", "--format", "json").out()).contains("REJECTED");
        assertThat(run("approve", "aaa").err()).contains("2 that wait begin with aaa");
        assertThat(run("approve", "bbb").err()).contains("bbb does not wait: it is REJECTED");
        assertThat(run("approve", "x").err()).contains("no decision x");

        // no job is there to take it
        CommandRun approved = run("approve", "aaa1", "--reason", "seen it", "--timeout", "1");

        assertThat(approved.code()).isEqualTo(2);
        assertThat(approved.err()).contains("the job has not taken it within 1 s");
        List<ConsumerRecord<byte[], byte[]>> answers = TopicContents.of(kafka.clientProperties(), Topics.APPROVALS);
        assertThat(answers).hasSize(1);
        Approval approval = AvroCodec.of(Approval.class).decode(answers.get(0).value());
        assertThat(approval.getDecisionId()).isEqualTo("aaa1");
        assertThat(approval.getApproved()).isTrue();
        assertThat(approval.getReason()).isEqualTo("seen it");
        assertThat(approval.getCluster()).isEqualTo("prod");
        assertThat(approval.getBy()).isEqualTo(System.getProperty("user.name"));
    }

    private CommandRun run(String... arguments) {
        List<String> all = new java.util.ArrayList<>(List.of("decisions"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private void log(String id, DecisionState state) throws Exception {
        Decision decision = Decision.newBuilder().setId(id).setCluster("prod").setNode("").setPodUid("")
                .setWorkload(new WorkloadRef("prod", "shop", "Deployment", "orders")).setActions(List.of())
                .setReason("a story").setIssuedBy("detection").setIssuedTime(1).setExpiresTime(2).setState(state).build();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(kafka.clientProperties(),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.DECISION_LOG, Keys.bytes(id),
                    AvroCodec.of(Decision.class).encode(decision))).get();
        }
    }
}
