package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kubeguardian.collector.vm.Guest;
import io.kubeguardian.collector.vm.Guest.Ended;
import io.kubeguardian.collector.vm.VmTest;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.SensorMode;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The whole collector on Debian 12's kernel in a virtual machine, with its broker on this side: what it sees comes
 * over the topics, what it shall do goes over them. Each test has containers of its own; the collector is one.
 */
@VmTest
class VmCollectorIT {
    private static final int NOT_EXECUTED = 127; // of the trigger in_cgroup
    private static final int SECONDS = 60; // a script of a few commands, on a busy machine
    private static EmbeddedKafka kafka;
    private static VmCollector collector;

    private final String other = TestCgroups.randomContainer();
    private DecisionTopic decisions;

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

    @BeforeEach
    void open() {
        decisions = new DecisionTopic(kafka, VmCollector.NODE);
    }

    @AfterEach
    void close() {
        decisions.close();
    }

    @Test
    void everySensorRunsByFexitAndLsmToo() throws Exception {
        try (TopicTail<CollectorHealth> health = new TopicTail<>(kafka, Topics.COLLECTOR_HEALTH, CollectorHealth.class)) {
            CollectorHealth first = health.await(read -> !read.isEmpty()).getFirst();

            assertThat(first.getNode()).isEqualTo(VmCollector.NODE);
            assertThat(first.getSensors()).allSatisfy(mode -> assertThat(mode.getProblem()).isEmpty());
            assertThat(first.getSensors()).extracting(SensorMode::getHook).contains("lsm/bprm_check_security",
                    "fexit/__x64_sys_connect");
            assertThat(first.getSensors()).filteredOn(mode -> mode.getSensor().equals("open")).singleElement()
                    .satisfies(mode -> assertThat(mode.getHook().split(" ")).containsExactlyInAnyOrder(
                            "fexit/__x64_sys_openat", "fexit/__x64_sys_open", "fexit/__x64_sys_openat2",
                            "fexit/__x64_sys_creat"));
        }
    }

    @Test
    void whatAContainerDoesArrivesOnTheTopic() throws Exception {
        assertThat(run("exec_into", "/triggers/open_file", "open", "/etc/hostname").status()).isZero();
        run("connect_to", "tcp4", "127.0.0.1", 4444);

        try (TopicTail<EventBatch> topic = new TopicTail<>(kafka, Topics.EVENTS, EventBatch.class)) {
            List<EventBatch> mine = topic.await(read -> ofPod(read).stream().mapToInt(b -> b.getExits().size()).sum() == 3)
                    .stream().filter(b -> b.getPodUid().equals(decisions.pod)).toList();

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
                    .allSatisfy(p -> assertThat(b.getStrings().get(p.getContainer())).isEqualTo(decisions.container)));
        }
    }

    @Test
    void byDecisionTheKernelRefusesToExecuteInOneContainerOnly() throws Exception {
        assertThat(run("exit_with", 3).status()).isEqualTo(3);

        Decision decision = contain("vm-deny-exec", ContainmentAction.DENY_EXEC);

        Ended refused = run("exit_with", 3);
        assertThat(refused.status()).isEqualTo(NOT_EXECUTED);
        assertThat(refused.output()).contains("/triggers/exit_with: Operation not permitted");
        assertThat(beside("exit_with", 3).status()).isEqualTo(3);
        release(decision, "lsm/bprm_check_security");
        assertThat(told()).extracting(ContainmentAudit::getExecsRefused, ContainmentAudit::getExecsKilled)
                .containsExactly(tuple(0L, 0L), tuple(1L, 0L));
        assertThat(run("exit_with", 3).status()).isEqualTo(3);
    }

    @Test
    void byDecisionTheKernelRefusesToOpenButWhatIsExcepted() throws Exception {
        assertThat(run("open_file", "open", "/etc/hostname").status()).isZero();
        Decision decision = decisions.decision("vm-deny-open", 600, ContainmentAction.DENY_OPEN);
        decision.setExceptPaths(List.of("/triggers/*", "/etc/hosts"));

        contain(decision);

        assertThat(run("open_file", "open", "/etc/hostname").status()).isEqualTo(ContainedContainer.EPERM);
        assertThat(run("open_file", "open", "/etc/hosts").status()).isZero();
        assertThat(beside("open_file", "open", "/etc/hostname").status()).isZero();
        release(decision, "lsm/file_open");
        assertThat(told()).extracting(ContainmentAudit::getOpensRefused).containsExactly(0L, 1L);
        assertThat(run("open_file", "open", "/etc/hostname").status()).isZero();
    }

    /** To this side's broker, so that it is a connection that would stand. */
    @Test
    void byDecisionTheKernelRefusesToConnect() throws Exception {
        String port = kafka.guestBootstrapServers().replaceFirst(".*:", "");
        assertThat(run("connect_to", "tcp4", Guest.HOST, port).status()).isZero();

        Decision decision = contain("vm-deny-network", ContainmentAction.DENY_NETWORK);

        assertThat(run("connect_to", "tcp4", Guest.HOST, port).status()).isEqualTo(ContainedContainer.EPERM);
        assertThat(beside("connect_to", "tcp4", Guest.HOST, port).status()).isZero();
        release(decision, "cgroup/connect4 cgroup/connect6 cgroup/sendmsg4 cgroup/sendmsg6 cgroup_skb/egress "
                + "cgroup_skb/ingress lsm/socket_connect lsm/socket_sendmsg");
        assertThat(told()).extracting(ContainmentAudit::getConnectionsRefused).containsExactly(0L, 1L);
        assertThat(run("connect_to", "tcp4", Guest.HOST, port).status()).isZero();
    }

    @Test
    void byDecisionTheContainerStandsStillUntilItsRelease(Guest guest) throws Exception {
        String cgroup = collector.cgroup(decisions.pod, decisions.container);
        assertThat(guest.run(SECONDS, """
                mkdir -p %s
                mkfifo /tmp/asked
                in_cgroup %s /triggers/talk udp4 127.0.0.1 9 0<>/tmp/asked >/tmp/answered 3>&- &
                echo $! >/tmp/talk.pid
                until grep -q ready /tmp/answered; do sleep 0.1; done
                """.formatted(cgroup, cgroup)).status()).isZero();
        try {
            Decision decision = contain("vm-freeze", ContainmentAction.FREEZE);

            Ended asked = guest.run(SECONDS, """
                    until grep -q 'frozen 1' %s/cgroup.events; do sleep 0.1; done
                    echo p >/tmp/asked
                    cat /tmp/answered
                    """.formatted(cgroup));
            assertThat(asked.output()).isEqualTo("ready\n");
            release(decision, "cgroup.freeze");
            guest.run(SECONDS, "until grep -q '^0$' /tmp/answered; do sleep 0.1; done");
        } finally {
            guest.run(SECONDS, "kill -9 $(cat /tmp/talk.pid)\nrm /tmp/asked");
        }
    }

    private Ended run(String trigger, Object... arguments) throws Exception {
        return collector.run(decisions.pod, decisions.container, trigger, arguments);
    }

    /** In another container of the same pod. */
    private Ended beside(String trigger, Object... arguments) throws Exception {
        return collector.run(decisions.pod, other, trigger, arguments);
    }

    private Decision contain(String id, ContainmentAction action) throws Exception {
        return contain(decisions.decision(id, 600, action));
    }

    /** Returns when all of it is in force. Before, something has run in the container. */
    private Decision contain(Decision decision) throws Exception {
        try (TopicTail<EventBatch> topic = new TopicTail<>(kafka, Topics.EVENTS, EventBatch.class)) {
            topic.await(read -> !ofPod(read).isEmpty()); // the collector knows the container
        }
        decisions.publish(decision);
        assertThat(decisions.await(decision, ContainmentState.ACTIVE).getEffective()).isEqualTo(decision.getActions());
        return decision;
    }

    /** Returns when that is told, as the beginning was: who, why, and by which hooks. */
    private void release(Decision decision, String hooks) throws Exception {
        decisions.release(decision);
        decisions.await(decision, ContainmentState.RELEASED);
        assertThat(told()).extracting(ContainmentAudit::getEvent, ContainmentAudit::getRequestedBy, ContainmentAudit::getReason)
                .containsExactly(tuple(AuditEvent.APPLIED, "ana@bastion", "under investigation"),
                        tuple(AuditEvent.RELEASED, "ana@bastion", "false alarm"));
        assertThat(told().getFirst().getModes()).extracting(ActionMode::getAction, ActionMode::getHooks)
                .containsExactly(tuple(decision.getActions().getFirst(), hooks));
    }

    private List<ContainmentAudit> told() throws Exception {
        return decisions.audit(AuditEvent.RELEASED);
    }

    private List<EventBatch> ofPod(List<EventBatch> read) {
        return read.stream().filter(b -> b.getPodUid().equals(decisions.pod)).toList();
    }

    private static List<String> texts(EventBatch batch, Exec exec) {
        return exec.getArgs().stream().map(batch.getStrings()::get).toList();
    }
}
