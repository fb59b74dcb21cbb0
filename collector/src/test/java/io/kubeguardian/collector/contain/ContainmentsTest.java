package io.kubeguardian.collector.contain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.event.KernelLayouts;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.WorkloadRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The states of a containment; that the kernel obeys is shown by ContainmentIT. */
class ContainmentsTest {
    private static final String POD = "12345678-9abc-def0-1234-56789abcdef0";
    private static final String CONTAINER = "0123456789abcdef".repeat(4);
    private static final String PATH = "/kubepods/pod" + POD + '/' + CONTAINER;
    private static final long BOOT_TO_WALL = 1_000;
    private static final long HOUR = 3_600_000_000_000L;

    private final Map<Long, Integer> kernel = new HashMap<>();
    private final Map<Long, Long> expiries = new HashMap<>();
    private final CgroupTable cgroups = new CgroupTable(10, id -> null);
    private long now = 5_000;
    private long bootToWall = BOOT_TO_WALL;
    private int changes;
    private final Containments containments = new Containments(new KernelContainment() {
        @Override
        public void put(long cgroup, int actions, long expiresBootNanos) {
            kernel.put(cgroup, actions);
            expiries.put(cgroup, expiresBootNanos);
        }

        @Override
        public void remove(long cgroup) {
            kernel.remove(cgroup);
        }

        @Override
        public Counts counts(long cgroup) {
            return new Counts(2, 3);
        }
    }, cgroups, Map.of(ContainmentAction.DENY_EXEC, "refused here", ContainmentAction.FREEZE, "not built"),
            () -> now, () -> bootToWall, () -> changes++);

    @Test
    void aDecisionIsPutIntoForceAndReported() {
        cgroups.created(7, PATH);

        containments.apply(decision("d1", 9_000, ContainmentAction.KILL_EXEC, ContainmentAction.DENY_NETWORK));

        assertThat(kernel).containsExactly(Map.entry(7L, KernelLayouts.KILL_EXEC | KernelLayouts.DENY_NETWORK));
        assertThat(expiries.get(7L)).isEqualTo(9_000 - BOOT_TO_WALL);
        assertThat(changes).isEqualTo(1);
        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
        assertThat(status().getSince()).isEqualTo(5_000);
        assertThat(status().getExecsKilled()).isEqualTo(2);
        assertThat(status().getConnectionsRefused()).isEqualTo(3);
    }

    @Test
    void theSameDecisionTwiceChangesNothing() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, ContainmentAction.KILL_EXEC));

        containments.apply(decision("d1", 9_000, ContainmentAction.KILL_EXEC));

        assertThat(changes).isEqualTo(1);
        assertThat(containments.statuses()).hasSize(1);
    }

    @Test
    void whatCannotBeDoneIsRefusedAndNeverWeakenedInSilence() {
        cgroups.created(7, PATH);

        containments.apply(decision("d1", 9_000, ContainmentAction.FREEZE, ContainmentAction.DENY_EXEC));

        assertThat(kernel).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.REFUSED);
        assertThat(status().getDetail()).isEqualTo("FREEZE: not built; DENY_EXEC: refused here");
        assertThat(status().getEffective()).isEmpty();
    }

    @Test
    void whatCanBeDoneOfADecisionIsDoneAndTheRestIsNamed() {
        cgroups.created(7, PATH);

        containments.apply(decision("d1", 9_000, ContainmentAction.DENY_EXEC, ContainmentAction.KILL_EXEC));

        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
        assertThat(status().getEffective()).containsExactly(ContainmentAction.KILL_EXEC);
        assertThat(status().getDetail()).contains("DENY_EXEC: refused here");
    }

    @Test
    void aContainerThatComesLaterIsContainedWhenItComes() {
        containments.apply(decision("d1", 9_000, ContainmentAction.KILL_EXEC));
        assertThat(status().getState()).isEqualTo(ContainmentState.REFUSED);

        containments.cgroupCreated(7, cgroups.created(7, PATH));

        assertThat(kernel).containsKey(7L);
        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
        assertThat(status().getDetail()).isEmpty();
    }

    @Test
    void whatCannotBeDoneIsStillNamedWhenTheContainerComesLater() {
        containments.apply(decision("d1", 9_000, ContainmentAction.DENY_EXEC, ContainmentAction.KILL_EXEC));

        containments.cgroupCreated(7, cgroups.created(7, PATH));

        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
        assertThat(status().getEffective()).containsExactly(ContainmentAction.KILL_EXEC);
        assertThat(status().getDetail()).isEqualTo("DENY_EXEC: refused here");
    }

    @Test
    void aDecisionAboutAContainerThatIsGoneIsNotSaidToBeInForce() {
        cgroups.created(7, PATH);
        cgroups.removed(7, 0);
        containments.cgroupRemoved(7);

        containments.apply(decision("d1", 9_000, ContainmentAction.KILL_EXEC));

        assertThat(kernel).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.REFUSED);
        assertThat(status().getEffective()).isEmpty();
    }

    @Test
    void aContainerThatGoesAwayIsReportedAndItsCountsStay() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, ContainmentAction.KILL_EXEC));

        containments.cgroupRemoved(7);

        assertThat(kernel).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.REFUSED);
        assertThat(status().getExecsKilled()).isEqualTo(2);
    }

    @Test
    void anExpiryEndsItOnTimeAndNotBefore() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, ContainmentAction.KILL_EXEC));
        now = 8_999;
        containments.expire();
        assertThat(kernel).isNotEmpty();
        now = 9_000;

        containments.expire();

        assertThat(kernel).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.EXPIRED);
    }

    @Test
    void aWallClockThatIsSetMovesTheKernelsExpiry() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, ContainmentAction.KILL_EXEC));
        bootToWall -= HOUR;
        now -= HOUR;

        containments.expire();

        assertThat(expiries.get(7L)).isEqualTo(9_000 - BOOT_TO_WALL + HOUR);
        assertThat(changes).isEqualTo(1);
        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
    }

    @Test
    void aReleaseAndADeletedRecordEndIt() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, ContainmentAction.KILL_EXEC));
        Decision release = decision("d2", 9_000, ContainmentAction.KILL_EXEC);
        release.setReleased(true);
        containments.apply(release);
        assertThat(kernel).isEmpty();
        containments.apply(decision("d3", 9_000, ContainmentAction.KILL_EXEC));
        assertThat(kernel).isNotEmpty();

        containments.forget(POD + '/' + CONTAINER);

        assertThat(kernel).isEmpty();
        assertThat(containments.statuses()).extracting(ContainmentStatus::getState)
                .containsExactly(ContainmentState.RELEASED, ContainmentState.RELEASED);
    }

    @Test
    void anOldDecisionReadAgainDoesNothing() {
        cgroups.created(7, PATH);

        containments.apply(decision("d1", 4_000, ContainmentAction.KILL_EXEC));

        assertThat(kernel).isEmpty();
        assertThat(containments.statuses()).isEmpty();
    }

    @Test
    void aNewDecisionReplacesTheOneBefore() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, ContainmentAction.KILL_EXEC));

        containments.apply(decision("d2", 20_000, ContainmentAction.DENY_NETWORK));

        assertThat(kernel).containsExactly(Map.entry(7L, KernelLayouts.DENY_NETWORK));
        assertThat(status().getDecisionId()).isEqualTo("d2");
    }

    @Test
    void endedOnesAreNotKeptForEver() {
        cgroups.created(7, PATH);
        for (int i = 0; i < 1000; i++) {
            containments.apply(decision("d" + i, 9_000 + i, ContainmentAction.KILL_EXEC));

            containments.forget(POD + '/' + CONTAINER);
        }

        assertThat(containments.statuses()).hasSize(Containments.MOST_ENDED);
    }

    @Test
    void decisionsThatMakeNoSenseAreMalformed() {
        Decision noPod = decision("d1", 9_000, ContainmentAction.KILL_EXEC);
        noPod.setPodUid("");
        Decision unknown = decision("d2", 9_000, ContainmentAction.NONE);
        Decision past = decision("d3", 0, ContainmentAction.KILL_EXEC);

        assertThatThrownBy(() -> DecisionReader.check(noPod)).isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("no pod");
        assertThatThrownBy(() -> DecisionReader.check(unknown)).hasMessageContaining("no action");
        assertThatThrownBy(() -> DecisionReader.check(past)).hasMessageContaining("expires before");
    }

    private ContainmentStatus status() {
        return containments.statuses().getLast();
    }

    private static Decision decision(String id, long expires, ContainmentAction... actions) {
        return Decision.newBuilder().setId(id).setCluster("c").setNode("n").setPodUid(POD).setContainerId(CONTAINER)
                .setWorkload(new WorkloadRef("c", "ns", "Deployment", "w")).setActions(List.of(actions))
                .setReason("test").setIssuedBy("test").setIssuedTime(1).setExpiresTime(expires).build();
    }
}
