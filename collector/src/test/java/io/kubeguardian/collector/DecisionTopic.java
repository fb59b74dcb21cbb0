package io.kubeguardian.collector;

import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Decisions about one container of one node, and what the collector says to them, through a real broker. */
final class DecisionTopic implements AutoCloseable {
    final String pod = TestCgroups.randomPod();
    final String container = TestCgroups.randomContainer();
    final String node = "node-" + pod.substring(0, 8);
    private final EmbeddedKafka kafka;
    private final TopicTail<CollectorHealth> health;
    private final TopicTail<ContainmentAudit> audit;

    DecisionTopic(EmbeddedKafka kafka) {
        this.kafka = kafka;
        this.health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class);
        this.audit = new TopicTail<>(kafka, Topics.CONTAINMENT_AUDIT, ContainmentAudit.class);
    }

    /** A collector's settings, as environment variables. */
    Map<String, String> environment(Path root) {
        Map<String, String> environment = new HashMap<>();
        environment.put("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("KUBEGUARDIAN_COLLECTOR_CGROUP", root.toString());
        environment.put("KUBEGUARDIAN_COLLECTOR_CLUSTER", "test");
        environment.put("KUBEGUARDIAN_COLLECTOR_NODE", node);
        environment.put("KUBEGUARDIAN_COLLECTOR_HEALTH_SECONDS", "1");
        environment.put("KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1");
        return environment;
    }

    Decision decision(String id, long seconds, ContainmentAction... actions) {
        long now = System.currentTimeMillis() * 1_000_000;
        return Decision.newBuilder().setId(id).setCluster("test").setNode(node).setPodUid(pod).setContainerId(container)
                .setWorkload(new WorkloadRef("test", "ns", "Deployment", "w")).setActions(List.of(actions))
                .setReason("under investigation").setIssuedBy("cli").setRequestedBy("ana@bastion").setIssuedTime(now)
                .setExpiresTime(now + seconds * 1_000_000_000L).build();
    }

    void publish(Decision decision) throws Exception {
        publish(Keys.decision(decision), AvroCodec.of(Decision.class).encode(decision));
    }

    void release(Decision decision) throws Exception {
        Decision release = Decision.newBuilder(decision).setReleased(true).setReason("false alarm").build();
        publish(release);
    }

    void publish(String key, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(kafka.clientProperties(),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.DECISIONS, Keys.bytes(key), value)).get();
        }
    }

    /** The latest status, once there is one of the decision in this state. */
    ContainmentStatus await(Decision decision, ContainmentState state) throws Exception {
        return await(decision, status -> status.getState() == state);
    }

    ContainmentStatus await(Decision decision, Predicate<ContainmentStatus> wanted) throws Exception {
        Predicate<ContainmentStatus> condition = s -> s.getDecisionId().equals(decision.getId()) && wanted.test(s);
        Predicate<CollectorHealth> telling = h -> h.getNode().equals(node)
                && h.getContainments().stream().anyMatch(condition);
        return health.await(read -> read.stream().anyMatch(telling)).stream().filter(telling)
                .flatMap(h -> h.getContainments().stream()).filter(condition).reduce((a, b) -> b).orElseThrow();
    }

    /** What was told of this container so far, once the last of it is this. */
    List<ContainmentAudit> audit(AuditEvent last) throws Exception {
        return mine(audit.await(read -> !mine(read).isEmpty() && mine(read).getLast().getEvent() == last));
    }

    private List<ContainmentAudit> mine(List<ContainmentAudit> read) {
        return read.stream().filter(a -> a.getNode().equals(node)).toList();
    }

    @Override
    public void close() {
        health.close();
        audit.close();
    }
}
