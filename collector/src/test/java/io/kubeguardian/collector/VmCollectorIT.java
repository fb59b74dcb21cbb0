package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.vm.Guest;
import io.kubeguardian.collector.vm.Guest.Ended;
import io.kubeguardian.collector.vm.VmTest;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.SensorMode;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The whole collector on Debian 12's kernel in a virtual machine, with its broker on this side: what it sees comes
 * over the topics, what it shall do goes over them. Each test has containers of its own; the collector is one.
 */
@VmTest
class VmCollectorIT {
    private static final int NOT_EXECUTED = 127; // of the trigger in_cgroup
    private static EmbeddedKafka kafka;
    private static VmCollector collector;

    private final String pod = TestCgroups.randomPod();
    private final String container = TestCgroups.randomContainer();

    @BeforeAll
    static void start(Guest guest) throws Exception {
        kafka = EmbeddedKafka.startForGuests(Guest.HOST);
        TopicSetup.createMissing(kafka.clientProperties(), 2);
        collector = VmCollector.start(guest, kafka.guestBootstrapServers());
    }

    @AfterAll
    static void stop() throws Exception {
        if (collector != null) {
            collector.close();
        }
        if (kafka != null) {
            kafka.close();
        }
    }

    @Test
    void everySensorRunsAndLsmToo() throws Exception {
        try (TopicTail<CollectorHealth> health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            CollectorHealth first = health.await(read -> !read.isEmpty()).getFirst();

            assertThat(first.getNode()).isEqualTo(VmCollector.NODE);
            assertThat(first.getSensors()).filteredOn(mode -> !mode.getSensor().equals("contain.freeze"))
                    .allSatisfy(mode -> assertThat(mode.getProblem()).isEmpty());
            assertThat(first.getSensors()).extracting(SensorMode::getHook).contains("lsm/bprm_check_security");
        }
    }

    @Test
    void whatAContainerDoesArrivesOnTheTopic() throws Exception {
        assertThat(collector.run(pod, container, "exec_into", "/triggers/open_file", "open", "/etc/hostname").status()).isZero();
        collector.run(pod, container, "connect_to", "tcp4", "127.0.0.1", 4444);

        try (TopicTail<EventBatch> topic = new TopicTail<>(kafka, Topics.EVENTS, EventBatch.class)) {
            List<EventBatch> mine = topic.await(read -> ofPod(read).stream().mapToInt(b -> b.getExits().size()).sum() == 3)
                    .stream().filter(b -> b.getPodUid().equals(pod)).toList();

            assertThat(mine).allSatisfy(b -> assertThat(b.getNode()).isEqualTo(VmCollector.NODE));
            assertThat(mine.stream().flatMap(b -> b.getExecs().stream().map(e -> b.getStrings().get(e.getExe()))))
                    .containsExactly("/triggers/exec_into", "/triggers/open_file", "/triggers/connect_to");
            assertThat(mine.stream().flatMap(b -> b.getExecs().stream().map(e -> texts(b, e))))
                    .contains(List.of("/triggers/open_file", "open", "/etc/hostname"));
            assertThat(mine.stream().mapToInt(b -> b.getForks().size()).sum()).isEqualTo(1);
            assertThat(mine.stream().flatMap(b -> b.getOpens().stream().map(o -> b.getStrings().get(o.getPath()))))
                    .containsExactly("/etc/hostname");
            EventBatch connecting = mine.stream().filter(b -> !b.getConnects().isEmpty()).findFirst().orElseThrow();
            Connect connect = connecting.getConnects().getFirst();
            assertThat(connecting.getStrings().get(connect.getAddress())).isEqualTo("127.0.0.1");
            assertThat(connect.getPort()).isEqualTo(4444);
            assertThat(connect.getResult()).isEqualTo(-111); // ECONNREFUSED
            assertThat(mine).allSatisfy(b -> assertThat(b.getProcesses())
                    .allSatisfy(p -> assertThat(b.getStrings().get(p.getContainer())).isEqualTo(container)));
        }
    }

    @Test
    void byDecisionTheKernelRefusesToExecuteInOneContainerOnly() throws Exception {
        String other = TestCgroups.randomContainer();
        assertThat(collector.run(pod, container, "exit_with", 0).status()).isZero();

        decide(decision("vm-deny-exec", ContainmentAction.DENY_EXEC));

        assertThat(awaitStatus(s -> s.getState() == ContainmentState.ACTIVE).getEffective())
                .containsExactly(ContainmentAction.DENY_EXEC);
        Ended refused = collector.run(pod, container, "exit_with", 0);
        assertThat(refused.status()).isEqualTo(NOT_EXECUTED);
        assertThat(refused.output()).contains("/triggers/exit_with: Operation not permitted");
        assertThat(collector.run(pod, other, "exit_with", 0).status()).isZero();
        awaitStatus(s -> s.getExecsRefused() == 1 && s.getExecsKilled() == 0);
    }

    @Test
    void aReleasedContainerExecutesAgain() throws Exception {
        collector.run(pod, container, "exit_with", 0);
        Decision decision = decision("vm-release", ContainmentAction.DENY_EXEC);
        decide(decision);
        awaitStatus(s -> s.getState() == ContainmentState.ACTIVE);

        decision.setReleased(true);
        decide(decision);

        awaitStatus(s -> s.getState() == ContainmentState.RELEASED);
        assertThat(collector.run(pod, container, "exit_with", 3).status()).isEqualTo(3);
    }

    private List<EventBatch> ofPod(List<EventBatch> read) {
        return read.stream().filter(b -> b.getPodUid().equals(pod)).toList();
    }

    private static List<String> texts(EventBatch batch, Exec exec) {
        return exec.getArgs().stream().map(batch.getStrings()::get).toList();
    }

    private ContainmentStatus awaitStatus(Predicate<ContainmentStatus> condition) throws Exception {
        Predicate<ContainmentStatus> wanted = s -> s.getPodUid().equals(pod) && condition.test(s);
        try (TopicTail<CollectorHealth> health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            return health.await(read -> read.stream().flatMap(h -> h.getContainments().stream()).anyMatch(wanted)).stream()
                    .flatMap(h -> h.getContainments().stream()).filter(wanted).findFirst().orElseThrow();
        }
    }

    private Decision decision(String id, ContainmentAction... actions) {
        long now = System.currentTimeMillis() * 1_000_000;
        return Decision.newBuilder().setId(id).setCluster("test").setNode(VmCollector.NODE).setPodUid(pod)
                .setContainerId(container).setWorkload(new WorkloadRef("test", "ns", "Deployment", "w"))
                .setActions(List.of(actions)).setReason("test").setIssuedBy("test").setIssuedTime(now)
                .setExpiresTime(now + 600_000_000_000L).build();
    }

    private static void decide(Decision decision) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(kafka.clientProperties(),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.DECISIONS, Keys.bytes(Keys.decision(decision)),
                    AvroCodec.of(Decision.class).encode(decision))).get();
        }
    }
}
