package io.kubeguardian.cli.decisions;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.schema.Approval;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What approving and rejecting have in common. */
final class Answer {
    private static final AvroCodec<Decision> DECISIONS = AvroCodec.of(Decision.class);
    private static final int LONGEST_REASON = 1_000;

    @Mixin
    private KafkaOption kafka;

    @Parameters(paramLabel = "ID", description = "the decision's id, or how it begins")
    private String id;

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "why; it is written down with who")
    private String reason;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "30",
            description = "how long to wait for the job to say what became of it (default: ${DEFAULT-VALUE})")
    private int seconds;

    /** Answers, and waits until the job has written down what became of it. */
    int give(boolean approved) throws Exception {
        if (reason.length() > LONGEST_REASON || seconds < 1) {
            throw new UserError("decisions: --reason takes at most " + LONGEST_REASON + " characters, --timeout at least 1");
        }
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            Decision decision = DecisionLog.read(client).waiting(id);
            write(client, new Approval(decision.getCluster(), decision.getId(), approved, who(), reason,
                    System.currentTimeMillis() * 1_000_000));
            DecisionState[] state = new DecisionState[1];
            boolean told = TopicContents.follow(client, Topics.DECISION_LOG, Duration.ofSeconds(seconds),
                    record -> isAnswered(record, decision.getId(), state));
            if (!told) {
                throw new UserError("decisions: the answer is written, but the job has not taken it within " + seconds
                        + " s; is it running?");
            }
            System.out.println(decision.getId() + " " + state[0]);
            return state[0] == (approved ? DecisionState.IN_FORCE : DecisionState.REJECTED) ? 0 : 1;
        }));
    }

    private static boolean isAnswered(ConsumerRecord<byte[], byte[]> record, String id, DecisionState[] state) {
        try {
            Decision step = DECISIONS.decode(record.value());
            boolean over = step.getId().equals(id) && step.getState() != DecisionState.PENDING
                    && step.getState() != DecisionState.HELD;
            state[0] = over ? step.getState() : state[0];
            return over;
        } catch (MalformedRecordException e) {
            return false; // told when the log was read
        }
    }

    private static String who() {
        return System.getProperty("user.name", "");
    }

    private static void write(Map<String, Object> client, Approval approval) throws InterruptedException {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("enable.idempotence", true);
        properties.put("max.block.ms", 20_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.APPROVALS, Keys.bytes(approval.getDecisionId()),
                    AvroCodec.of(Approval.class).encode(approval))).get();
        } catch (ExecutionException e) {
            throw new UserError("Kafka did not take the answer: " + e.getCause().getMessage(), e.getCause());
        }
    }
}
