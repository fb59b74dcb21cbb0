package io.kubeguardian.collector.contain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.Verdict;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** A real topic; the kernel beyond it only remembers. */
class DecisionReaderIT {
    private static final String POD = "12345678-9abc-def0-1234-56789abcdef0";
    private static final Origin HERE = new Origin("c", "n", "boot", 7);
    private final FakeKernel kernel = new FakeKernel();
    private final BlockingQueue<DeadLetter> dead = new LinkedBlockingQueue<>();
    private final BlockingQueue<ContainmentAudit> told = new LinkedBlockingQueue<>();

    @Test
    void whatIsMalformedIsADeadLetterOnceHoweverOftenTheTopicIsReadAgain() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            send(kafka, "junk", "junk".getBytes());
            send(kafka, "not/its/own", encoded(decision("d1")));
            kernel.failures = 2;

            try (var _ = new DecisionReader(kafka.clientProperties(), HERE, containments(), dead::add)) {
                Decision first = decision("d2");
                send(kafka, Keys.decision(first), encoded(first)); // with which reading fails, and begins anew, twice
                awaitTold("d2");
                send(kafka, "junk", "more junk".getBytes());
                Decision quarantine = Decision.newBuilder(decision("q")).setPodUid("").setNode("").setActions(List.of())
                        .setVerdict(Verdict.QUARANTINE).build();
                send(kafka, Keys.decision(quarantine), encoded(quarantine)); // of new pods: the webhook's business
                Decision dryRun = Decision.newBuilder(decision("dry")).setState(DecisionState.DRY_RUN).build();
                send(kafka, Keys.decision(dryRun), encoded(dryRun)); // has no place here
                awaitTold("dry");
                Decision last = decision("d3");
                send(kafka, Keys.decision(last), encoded(last));
                awaitTold("d3");
            }

            assertThat(kernel.failures).as("left, of two").isZero();
            assertThat(dead).extracting(DeadLetter::getOffset).containsExactly(0L, 1L, 3L, 5L);
            assertThat(kernel.inForce).isEmpty();
        }
    }

    private Containments containments() {
        AuditTrail audit = new AuditTrail(HERE, this::now, (key, record) -> told.add(record));
        ActionMode refused = new ActionMode(ContainmentAction.DENY_EXEC, "", "refused here");
        return new Containments(
                new Containments.Means(kernel, kernel, Map.of(ContainmentAction.DENY_EXEC, refused), id -> false),
                new CgroupTable(10, id -> null), audit, this::now, () -> 0, () -> {});
    }

    private void awaitTold(String decision) throws InterruptedException {
        ContainmentAudit next;
        do {
            next = told.poll(60, TimeUnit.SECONDS);
            assertThat(next).as("is told of " + decision).isNotNull();
        } while (!next.getDecisionId().equals(decision));
        assertThat(next.getEvent()).isEqualTo(AuditEvent.REFUSED);
    }

    private long now() {
        return System.currentTimeMillis() * 1_000_000;
    }

    private Decision decision(String id) {
        return Decision.newBuilder().setId(id).setCluster("c").setNode("n").setPodUid(POD)
                .setWorkload(new WorkloadRef("c", "ns", "Deployment", "w")).setActions(List.of(ContainmentAction.DENY_EXEC))
                .setReason("test").setIssuedBy("cli").setIssuedTime(now()).setExpiresTime(now() + 600_000_000_000L).build();
    }

    private static byte[] encoded(Decision decision) {
        return AvroCodec.of(Decision.class).encode(decision);
    }

    private static void send(EmbeddedKafka kafka, String key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(kafka.clientProperties(),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.DECISIONS, Keys.bytes(key), value)).get();
        }
    }
}
