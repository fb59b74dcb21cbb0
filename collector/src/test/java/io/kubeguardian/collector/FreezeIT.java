package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.contain.Authority;
import io.kubeguardian.collector.contain.CgroupFreezer;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.WorkloadRef;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Freezing for real: a process in a cgroup of the test's own. */
@KernelTest
class FreezeIT {
    private final Decision decision = decision("");
    private TestCgroups cgroups;
    private Path cgroup;
    private long id;
    private Talker talker;
    private CgroupFreezer freezer;

    @BeforeEach
    void start() throws Exception {
        cgroups = new TestCgroups();
        cgroup = cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer());
        id = CgroupTree.id(cgroup);
        talker = new Talker(cgroup, "udp4", "127.0.0.1", 9).ready();
        freezer = new CgroupFreezer(cgroups.tree());
    }

    @AfterEach
    void stop() throws Exception {
        talker.close();
        cgroups.close();
    }

    @Test
    void whatIsFrozenDoesNotRunUntilItIsThawed() throws Exception {
        assertThat(freezer.mode().getProblem()).isEmpty();

        freezer.freeze(id, decision);

        awaitFrozen(true);
        talker.ask("p");
        assertThat(talker.hasAnswered()).isFalse();
        freezer.thaw(id, Authority.DETECTION);
        assertThat(talker.line()).isEqualTo("0");
        assertThat(freezer.left()).isEmpty();
        assertThat(attributes().list()).isEmpty();
    }

    @Test
    void theNextRunKnowsWhatWasFrozenAndForWhichDecision() throws Exception {
        freezer.freeze(id, decision);

        Map<Long, List<Decision>> left = new CgroupFreezer(cgroups.tree()).left();

        assertThat(left).containsExactly(Map.entry(id, List.of(decision)));
    }

    @Test
    void itStaysFrozenForTheOtherAuthority() throws Exception {
        Decision operator = decision("ana@bastion");
        freezer.freeze(id, decision);
        freezer.freeze(id, operator);

        freezer.thaw(id, Authority.DETECTION);

        awaitFrozen(true);
        assertThat(freezer.left()).containsExactly(Map.entry(id, List.of(operator)));
        freezer.thaw(id, Authority.OPERATOR);
        awaitFrozen(false);
    }

    @Test
    void whatSomeoneElseFrozeStaysFrozen() throws Exception {
        Files.writeString(cgroup.resolve("cgroup.freeze"), "1");
        freezer.freeze(id, decision);
        freezer.freeze(id, decision);

        freezer.thaw(id, Authority.DETECTION);

        awaitFrozen(true);
        assertThat(attributes().list()).isEmpty();
        Files.writeString(cgroup.resolve("cgroup.freeze"), "0");
    }

    @Test
    void whatSomeoneElseFrozeIsNotOursToThaw() throws Exception {
        Files.writeString(cgroup.resolve("cgroup.freeze"), "1");

        freezer.thawAll();

        awaitFrozen(true);
        assertThat(freezer.left()).isEmpty();
        Files.writeString(cgroup.resolve("cgroup.freeze"), "0");
    }

    @Test
    void aFreezeWhoseMarkCannotBeReadIsEnded() throws Exception {
        freezer.freeze(id, decision);
        attributes().write("kubeguardian.freeze.detection", ByteBuffer.wrap("not a decision".getBytes()));

        Map<Long, List<Decision>> left = new CgroupFreezer(cgroups.tree()).left();

        assertThat(left).isEmpty();
        awaitFrozen(false);
    }

    @NotInGuest("a JVM of its own; what thaws is shown by the others")
    @Test
    void allThatWasFrozenCanBeThawedWithoutACollector() throws Exception {
        freezer.freeze(id, decision);
        freezer.freeze(id, decision("ana@bastion"));
        try (CollectorProcess collector = new CollectorProcess(
                Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString()), List.of("--thaw"))) {
            int code = collector.exitCode();

            assertThat(code).isZero();
            assertThat(new String(collector.process.getInputStream().readAllBytes())).isEqualTo("thawed " + cgroup + "\n");
        }
        awaitFrozen(false);
        assertThat(attributes().list()).isEmpty();
    }

    @Test
    void aCgroupThatIsGoneIsNoneToThaw() throws Exception {
        Path other = cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer());
        long otherId = CgroupTree.id(other);
        freezer.freeze(otherId, decision);
        cgroups.remove(other);

        freezer.thaw(otherId, Authority.DETECTION);

        assertThat(freezer.isFrozen(otherId)).isFalse();
    }

    private UserDefinedFileAttributeView attributes() {
        return Files.getFileAttributeView(cgroup, UserDefinedFileAttributeView.class);
    }

    /** The kernel says when it is done. */
    private void awaitFrozen(boolean frozen) throws Exception {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (freezer.isFrozen(id) != frozen) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(Files.readString(cgroup.resolve("cgroup.events")));
            }
            Thread.sleep(5);
        }
    }

    private static Decision decision(String requestedBy) {
        return Decision.newBuilder().setId("d1").setCluster("c").setNode("n").setPodUid(TestCgroups.randomPod())
                .setWorkload(new WorkloadRef("c", "ns", "Deployment", "w")).setActions(List.of(ContainmentAction.FREEZE))
                .setReason("test").setIssuedBy("test").setRequestedBy(requestedBy).setIssuedTime(1).setExpiresTime(2)
                .build();
    }
}
