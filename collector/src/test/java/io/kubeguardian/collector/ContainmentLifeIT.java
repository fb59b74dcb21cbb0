package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.ExceptedDestination;
import io.kubeguardian.schema.TopicSetup;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a decision on the topic to its end: each action that every kernel takes, in the kernel and in what is told. */
@KernelTest(inGuest = false)
class ContainmentLifeIT {
    private static EmbeddedKafka kafka;

    private TestCgroups cgroups;
    private DecisionTopic topic;
    private Path cgroup;
    private NodeCollector collector;

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
    void start() throws Exception {
        cgroups = new TestCgroups();
        topic = new DecisionTopic(kafka);
        cgroup = cgroups.container(topic.pod, topic.container);
        startCollector();
    }

    private void startCollector() {
        collector = NodeCollector.open(ConfigReader.read(null, topic.environment(cgroups.root()))).start();
    }

    @AfterEach
    void stop() throws Exception {
        collector.close();
        topic.close();
        cgroups.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"KILL_EXEC", "DENY_NETWORK", "FREEZE"})
    void itIsInForceAndWithItsReleaseItIsNot(ContainmentAction action) throws Exception {
        Decision decision = topic.decision("d1", 600, action);

        topic.publish(decision);

        ContainmentStatus status = topic.await(decision, ContainmentState.ACTIVE);
        assertThat(status.getEffective()).containsExactly(action);
        assertThat(status.getModes()).extracting(ActionMode::getAction).containsExactly(action);
        assertThat(status.getModes().getFirst().getHooks()).isNotEmpty();
        assertThat(Contained.by(action, cgroup)).isTrue();
        topic.release(decision);
        topic.await(decision, ContainmentState.RELEASED);
        assertThat(Contained.by(action, cgroup)).isFalse();
        assertThat(topic.audit(AuditEvent.RELEASED)).extracting(ContainmentAudit::getEvent, ContainmentAudit::getReason)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(AuditEvent.APPLIED, "under investigation"),
                        org.assertj.core.groups.Tuple.tuple(AuditEvent.RELEASED, "false alarm"));
    }

    @ParameterizedTest
    @EnumSource(names = {"KILL_EXEC", "DENY_NETWORK", "FREEZE"})
    void itExpires(ContainmentAction action) throws Exception {
        Decision decision = topic.decision("d1", 600, action);
        topic.publish(decision);
        topic.await(decision, ContainmentState.ACTIVE);
        assertThat(Contained.by(action, cgroup)).isTrue();
        Decision shorter = topic.decision("d2", 1, action);

        topic.publish(shorter);

        topic.await(shorter, ContainmentState.EXPIRED);
        assertThat(Contained.by(action, cgroup)).isFalse();
        List<ContainmentAudit> told = topic.audit(AuditEvent.EXPIRED);
        assertThat(told.getLast().getRequestedBy()).isEqualTo("ana@bastion");
        if (action == ContainmentAction.KILL_EXEC) {
            assertThat(told.getLast().getExecsKilled()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"KILL_EXEC", "DENY_NETWORK", "FREEZE"})
    void appliedTwiceItIsAppliedOnce(ContainmentAction action) throws Exception {
        Decision decision = topic.decision("d1", 600, action);
        Decision last = topic.decision("d2", 600, action);
        topic.publish(decision);

        topic.publish(decision);

        topic.publish(last); // behind the second: it has been read when this one is in force
        topic.await(last, ContainmentState.ACTIVE);
        assertThat(Contained.by(action, cgroup)).isTrue();
        assertThat(topic.audit(AuditEvent.RENEWED)).extracting(ContainmentAudit::getDecisionId).containsExactly("d1", "d2");
        topic.release(last);
        topic.await(last, ContainmentState.RELEASED);
        assertThat(Contained.by(action, cgroup)).isFalse();
    }

    @Test
    void ofACleanStopOnlyTheFreezeIsLeftAndTheAuditSaysSo() throws Exception {
        Decision decision = topic.decision("d1", 600, ContainmentAction.FREEZE, ContainmentAction.KILL_EXEC);
        topic.publish(decision);
        topic.await(decision, ContainmentState.ACTIVE);

        collector.close();

        assertThat(Contained.by(ContainmentAction.FREEZE, cgroup)).isTrue();
        assertThat(topic.audit(AuditEvent.SUSPENDED).getLast().getModes()).satisfiesExactly(
                freeze -> assertThat(freeze.getHooks()).isEqualTo("cgroup.freeze"),
                kill -> {
                    assertThat(kill.getHooks()).isEmpty();
                    assertThat(kill.getProblem()).isEqualTo("the collector stops");
                });
        topic.release(decision);
        startCollector();
        assertThat(topic.audit(AuditEvent.RELEASED)).isNotEmpty();
        assertThat(Contained.by(ContainmentAction.FREEZE, cgroup)).isFalse();
    }

    @Test
    void whatLsmAloneCanDoIsRefusedWhereItIsAndTheRestIsDone() throws Exception {
        Decision decision = topic.decision("d1", 600, ContainmentAction.DENY_EXEC, ContainmentAction.DENY_OPEN,
                ContainmentAction.DENY_NETWORK);

        topic.publish(decision);

        ContainmentStatus status = topic.await(decision, ContainmentState.ACTIVE);
        for (ActionMode mode : status.getModes()) {
            assertThat(mode.getHooks().isEmpty()).as(mode.toString()).isNotEqualTo(mode.getProblem().isEmpty());
            assertThat(status.getEffective().contains(mode.getAction())).isEqualTo(mode.getProblem().isEmpty());
            if (!mode.getProblem().isEmpty()) {
                assertThat(mode.getProblem()).contains("lsm/", "refused by this kernel");
            }
        }
        assertThat(status.getEffective()).contains(ContainmentAction.DENY_NETWORK);
        assertThat(topic.audit(AuditEvent.APPLIED).getFirst().getModes()).isEqualTo(status.getModes());
    }

    @ParameterizedTest
    @EnumSource(names = {"DENY_EXEC", "DENY_OPEN"})
    void whatThisKernelCannotDoIsRefusedAndToldAndNothingElseIsDoneInItsPlace(ContainmentAction action) throws Exception {
        String sensor = action == ContainmentAction.DENY_EXEC ? "contain.deny-exec" : "contain.deny-open";
        String problem = collector.status().sensors().stream().filter(mode -> mode.getSensor().equals(sensor))
                .findFirst().orElseThrow().getProblem();
        Assumptions.assumeFalse(problem.isEmpty(), "this kernel can do it");
        Decision decision = topic.decision("d1", 600, action);

        topic.publish(decision);

        ContainmentStatus status = topic.await(decision, ContainmentState.REFUSED);
        assertThat(status.getEffective()).isEmpty();
        assertThat(status.getDetail()).isEqualTo(action + ": " + problem);
        assertThat(topic.audit(AuditEvent.REFUSED)).singleElement().satisfies(record -> {
            assertThat(record.getModes()).containsExactly(new ActionMode(action, "", problem));
            assertThat(record.getDetail()).isEqualTo(action + ": " + problem);
            assertThat(record.getRequestedBy()).isEqualTo("ana@bastion");
        });
        assertThat(run(cgroup, trigger("exit_with"), 3).status()).isEqualTo(3);
        assertThat(Contained.by(ContainmentAction.DENY_NETWORK, cgroup)).isFalse();
        assertThat(Contained.by(ContainmentAction.FREEZE, cgroup)).isFalse();
    }

    @Test
    void anyNodeMayHaveTheContainerAndItsPodNeedNotBeKnown() throws Exception {
        Decision decision = topic.decision("d1", 600, ContainmentAction.KILL_EXEC);
        decision.setNode("");
        decision.setPodUid("");

        topic.publish(decision);

        topic.await(decision, ContainmentState.ACTIVE);
        assertThat(Contained.by(ContainmentAction.KILL_EXEC, cgroup)).isTrue();
    }

    @Test
    void exceptionsComeWithTheDecision() throws Exception {
        Decision decision = topic.decision("d1", 600, ContainmentAction.KILL_EXEC, ContainmentAction.DENY_NETWORK);
        decision.setExceptPaths(List.of(trigger("connect_to").toString()));
        decision.setExceptDestinations(List.of(new ExceptedDestination("127.0.0.0/8", 0, 0)));

        topic.publish(decision);

        topic.await(decision, ContainmentState.ACTIVE);
        assertThat(Contained.by(ContainmentAction.DENY_NETWORK, cgroup)).isFalse();
        assertThat(Contained.by(ContainmentAction.KILL_EXEC, cgroup)).isTrue();
        assertThat(topic.audit(AuditEvent.APPLIED).getFirst().getExceptPaths()).isEqualTo(decision.getExceptPaths());
    }

    @Test
    void aDecisionWithAnExceptionThatIsNoneIsRefusedWholeAndSaysWhy() throws Exception {
        Decision decision = topic.decision("d1", 600, ContainmentAction.KILL_EXEC);
        decision.setExceptPaths(List.of("/bin/id", "/usr/b*"));

        topic.publish(decision);

        assertThat(topic.await(decision, ContainmentState.REFUSED).getDetail()).contains("asterisk");
        assertThat(Contained.by(ContainmentAction.KILL_EXEC, cgroup)).isFalse();
        assertThat(topic.audit(AuditEvent.REFUSED)).hasSize(1);
    }

    @Test
    void aDecisionUnderAnotherOnesKeyIsRefused() throws Exception {
        Decision decision = topic.decision("d1", 600, ContainmentAction.KILL_EXEC);

        topic.publish("some/other/key", io.kubeguardian.schema.AvroCodec.of(Decision.class).encode(decision));

        assertThat(topic.await(decision, ContainmentState.REFUSED).getDetail()).contains("key");
        assertThat(Contained.by(ContainmentAction.KILL_EXEC, cgroup)).isFalse();
    }
}
