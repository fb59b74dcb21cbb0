package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.contain.CgroupFreezer;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.TopicSetup;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A collector that is killed, as a process of its own, and one that comes after it. */
@KernelTest(inGuest = false)
class ContainmentRestartIT {
    private static EmbeddedKafka kafka;

    private TestCgroups cgroups;
    private DecisionTopic topic;
    private Path cgroup;
    private CollectorProcess collector;

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
    }

    @AfterEach
    void stop() throws Exception {
        if (collector != null) {
            collector.terminate();
        }
        topic.close();
        cgroups.close();
    }

    private void startCollector() throws Exception {
        collector = new CollectorProcess(topic.environment(cgroups.root()), List.of());
        assertThat(collector.awaitLine("collector ready: ")).isNotNull();
    }

    private void killCollector() throws Exception {
        collector.process.destroyForcibly();
        collector.exitCode();
    }

    @Test
    void allThatIsDecidedIsInForceAgain() throws Exception {
        startCollector(); // first: what was issued before the start counts as restored
        Decision decision = topic.decision("d1", 600, ContainmentAction.KILL_EXEC, ContainmentAction.DENY_NETWORK,
                ContainmentAction.FREEZE);
        topic.publish(decision);
        topic.await(decision, ContainmentState.ACTIVE);
        topic.audit(AuditEvent.APPLIED);
        killCollector();
        assertThat(Contained.by(ContainmentAction.FREEZE, cgroup)).as("a freeze needs no collector").isTrue();

        startCollector();

        assertThat(topic.audit(AuditEvent.RESTORED)).extracting(ContainmentAudit::getEvent)
                .containsExactly(AuditEvent.APPLIED, AuditEvent.RESTORED);
        assertThat(Contained.by(ContainmentAction.FREEZE, cgroup)).isTrue();
        Decision thawed = topic.decision("d2", 600, ContainmentAction.KILL_EXEC, ContainmentAction.DENY_NETWORK);
        topic.publish(thawed);
        topic.await(thawed, ContainmentState.ACTIVE);
        assertThat(Contained.by(ContainmentAction.FREEZE, cgroup)).isFalse();
        assertThat(Contained.by(ContainmentAction.KILL_EXEC, cgroup)).isTrue();
    }

    @Test
    void whatWasReleasedMeanwhileIsThawed() throws Exception {
        Decision decision = topic.decision("d1", 600, ContainmentAction.FREEZE);
        startCollector();
        topic.publish(decision);
        topic.await(decision, ContainmentState.ACTIVE);
        killCollector();
        topic.release(decision);

        startCollector();

        assertThat(topic.audit(AuditEvent.RELEASED).getLast().getReason()).isEqualTo("false alarm");
        assertThat(Contained.by(ContainmentAction.FREEZE, cgroup)).isFalse();
    }

    @Test
    void whatHasExpiredMeanwhileIsThawedAtTheStart() throws Exception {
        Decision decision = topic.decision("d1", -10, ContainmentAction.FREEZE);
        decision.setIssuedTime(decision.getExpiresTime() - 1);
        new CgroupFreezer(cgroups.tree()).freeze(CgroupTree.id(cgroup), decision); // as an earlier run left it
        topic.publish(decision);

        startCollector();

        assertThat(Contained.by(ContainmentAction.FREEZE, cgroup)).isFalse();
        assertThat(topic.audit(AuditEvent.EXPIRED)).singleElement()
                .satisfies(record -> assertThat(record.getDetail()).isEqualTo("while the collector was away"));
    }

    @Test
    void whatTheTopicNeverHeardOfIsThawed() throws Exception {
        Decision decision = topic.decision("d1", 600, ContainmentAction.FREEZE);
        new CgroupFreezer(cgroups.tree()).freeze(CgroupTree.id(cgroup), decision);

        startCollector();

        assertThat(topic.audit(AuditEvent.RELEASED)).extracting(ContainmentAudit::getEvent)
                .containsExactly(AuditEvent.RESTORED, AuditEvent.RELEASED);
        assertThat(Contained.by(ContainmentAction.FREEZE, cgroup)).isFalse();
    }
}
