package io.kubeguardian.collector.contain;

import static io.kubeguardian.schema.ContainmentAction.DENY_EXEC;
import static io.kubeguardian.schema.ContainmentAction.DENY_NETWORK;
import static io.kubeguardian.schema.ContainmentAction.FREEZE;
import static io.kubeguardian.schema.ContainmentAction.KILL_EXEC;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The states of a containment, and what is told of them. */
class ContainmentsTest {
    private static final String POD = "12345678-9abc-def0-1234-56789abcdef0";
    private static final String CONTAINER = "0123456789abcdef".repeat(4);
    private static final String PATH = "/kubepods/pod" + POD + '/' + CONTAINER;
    private static final long BOOT_TO_WALL = 1_000;
    private static final long HOUR = 3_600_000_000_000L;

    private final FakeKernel kernel = new FakeKernel();
    private final CgroupTable cgroups = new CgroupTable(10, id -> null);
    private final Set<Long> own = new HashSet<>();
    private long now = 5_000;
    private long bootToWall = BOOT_TO_WALL;
    private int changes;
    private final List<ContainmentAudit> told = new ArrayList<>();
    private final AuditTrail audit =
            new AuditTrail(new Origin("c", "n", "boot", 7), () -> now, (key, record) -> told.add(record));
    private final Containments containments = new Containments(
            new Containments.Means(kernel, kernel, Map.of(
                    KILL_EXEC, new ActionMode(KILL_EXEC, "tp_btf/exec", ""),
                    DENY_NETWORK, new ActionMode(DENY_NETWORK, "cgroup/connect4", ""),
                    FREEZE, new ActionMode(FREEZE, "cgroup.freeze", ""),
                    DENY_EXEC, new ActionMode(DENY_EXEC, "", "refused here")), own::contains),
            cgroups, audit, () -> now, () -> bootToWall, () -> changes++);

    @AfterEach
    void nothingIsLeftInTheKernelForNobody() {
        now = Long.MAX_VALUE;
        containments.expire();
        assertThat(kernel.inForce).isEmpty();
        assertThat(kernel.frozen).isEmpty();
        assertThat(kernel.defined).isEmpty();
    }

    @Test
    void aDecisionIsPutIntoForceReportedAndTold() {
        cgroups.created(7, PATH);

        containments.apply(decision("d1", 9_000, KILL_EXEC, DENY_NETWORK));

        FakeKernel.Order order = kernel.inForce.get(7L).get(Authority.DETECTION);
        assertThat(order.actions()).containsExactlyInAnyOrder(KILL_EXEC, DENY_NETWORK);
        assertThat(order.expires()).isEqualTo(9_000 - BOOT_TO_WALL);
        assertThat(changes).isEqualTo(1);
        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
        assertThat(status().getSince()).isEqualTo(5_000);
        assertThat(status().getExecsKilled()).isEqualTo(2);
        assertThat(status().getConnectionsRefused()).isEqualTo(3);
        assertThat(told).singleElement().satisfies(record -> {
            assertThat(record.getEvent()).isEqualTo(AuditEvent.APPLIED);
            assertThat(record.getId()).startsWith("n/").endsWith("/0");
            assertThat(record.getReason()).isEqualTo("test");
            assertThat(record.getIssuedBy()).isEqualTo("job");
            assertThat(record.getTime()).isEqualTo(5_000);
            assertThat(record.getModes()).containsExactly(new ActionMode(KILL_EXEC, "tp_btf/exec", ""),
                    new ActionMode(DENY_NETWORK, "cgroup/connect4", ""));
        });
    }

    @Test
    void theSameDecisionTwiceChangesNothing() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, KILL_EXEC, FREEZE));

        containments.apply(decision("d1", 9_000, KILL_EXEC, FREEZE));

        assertThat(changes).isEqualTo(1);
        assertThat(containments.statuses()).hasSize(1);
        assertThat(told).hasSize(1);
    }

    @Test
    void whatCannotBeDoneIsRefusedAndNeverWeakenedInSilence() {
        cgroups.created(7, PATH);

        containments.apply(decision("d1", 9_000, DENY_EXEC));

        assertThat(kernel.inForce).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.REFUSED);
        assertThat(status().getDetail()).isEqualTo("DENY_EXEC: refused here");
        assertThat(status().getEffective()).isEmpty();
        assertThat(told).extracting(ContainmentAudit::getEvent).containsExactly(AuditEvent.REFUSED);
    }

    @Test
    void whatCanBeDoneOfADecisionIsDoneAndTheRestIsNamed() {
        cgroups.created(7, PATH);

        containments.apply(decision("d1", 9_000, DENY_EXEC, KILL_EXEC));

        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
        assertThat(status().getEffective()).containsExactly(KILL_EXEC);
        assertThat(status().getDetail()).contains("DENY_EXEC: refused here");
        assertThat(status().getModes()).containsExactly(new ActionMode(DENY_EXEC, "", "refused here"),
                new ActionMode(KILL_EXEC, "tp_btf/exec", ""));
    }

    @Test
    void exceptionsThatFindNoRoomRefuseTheDecisionAndLeaveTheOneInForce() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, KILL_EXEC));
        kernel.full = true;
        Decision wider = decision("d2", 9_000, KILL_EXEC, FREEZE);
        wider.setExceptPaths(List.of("/bin/id"));

        containments.apply(wider);

        assertThat(kernel.inForce.get(7L).get(Authority.DETECTION).actions()).containsExactly(KILL_EXEC);
        assertThat(kernel.frozen).isEmpty();
        assertThat(containments.statuses()).extracting(ContainmentStatus::getDecisionId, ContainmentStatus::getState)
                .contains(org.assertj.core.groups.Tuple.tuple("d1", ContainmentState.ACTIVE),
                        org.assertj.core.groups.Tuple.tuple("d2", ContainmentState.REFUSED));
        assertThat(told).extracting(ContainmentAudit::getEvent)
                .containsExactly(AuditEvent.APPLIED, AuditEvent.REFUSED);
    }

    @Test
    void aFreezeThatFailsIsNamedAndTheRestIsInForce() {
        cgroups.created(7, PATH);
        kernel.freezeFails = true;

        containments.apply(decision("d1", 9_000, FREEZE, KILL_EXEC));

        assertThat(status().getEffective()).containsExactly(KILL_EXEC);
        assertThat(status().getDetail()).isEqualTo("FREEZE: Read-only file system");
    }

    @Test
    void aContainerThatComesLaterIsContainedWhenItComes() {
        containments.apply(decision("d1", 9_000, DENY_EXEC, KILL_EXEC, FREEZE));
        assertThat(status().getState()).isEqualTo(ContainmentState.REFUSED);

        containments.cgroupCreated(7, cgroups.created(7, PATH));

        assertThat(kernel.inForce).containsKey(7L);
        assertThat(kernel.frozen).containsKey(7L);
        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
        assertThat(status().getDetail()).isEqualTo("DENY_EXEC: refused here");
        assertThat(told).extracting(ContainmentAudit::getEvent)
                .containsExactly(AuditEvent.REFUSED, AuditEvent.APPLIED);
    }

    @Test
    void aDecisionForAnyNodeIsSilentWhereTheContainerIsNot() {
        Decision anywhere = decision("d1", 9_000, KILL_EXEC);
        anywhere.setNode("");
        anywhere.setPodUid("");

        containments.apply(anywhere);

        assertThat(containments.statuses()).isEmpty();
        assertThat(told).isEmpty();
        containments.cgroupCreated(7, cgroups.created(7, PATH));
        assertThat(kernel.inForce).containsKey(7L);
        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
        containments.cgroupRemoved(7);
        assertThat(told).extracting(ContainmentAudit::getEvent).containsExactly(AuditEvent.APPLIED, AuditEvent.GONE);
    }

    @Test
    void aDecisionAboutAContainerThatIsGoneIsNotSaidToBeInForce() {
        cgroups.created(7, PATH);
        cgroups.removed(7, 0);
        containments.cgroupRemoved(7);

        containments.apply(decision("d1", 9_000, KILL_EXEC));

        assertThat(kernel.inForce).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.REFUSED);
        assertThat(status().getEffective()).isEmpty();
    }

    @Test
    void aContainerThatGoesAwayIsReportedAndItsCountsStay() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, KILL_EXEC));

        containments.cgroupRemoved(7);

        assertThat(kernel.inForce).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.REFUSED);
        assertThat(status().getExecsKilled()).isEqualTo(2);
        assertThat(told).last().satisfies(record -> {
            assertThat(record.getEvent()).isEqualTo(AuditEvent.GONE);
            assertThat(record.getExecsKilled()).isEqualTo(2);
        });
    }

    @Test
    void theCollectorDoesNotContainItself() {
        cgroups.created(7, PATH);
        own.add(7L);

        containments.apply(decision("d1", 9_000, FREEZE, DENY_NETWORK));

        assertThat(kernel.inForce).isEmpty();
        assertThat(kernel.frozen).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.REFUSED);
        assertThat(status().getDetail()).contains("FREEZE: the collector itself runs in it");
    }

    @Test
    void anExpiryEndsItOnTimeAndNotBefore() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, KILL_EXEC, FREEZE));
        now = 8_999;
        containments.expire();
        assertThat(kernel.inForce).isNotEmpty();
        now = 9_000;

        containments.expire();

        assertThat(kernel.inForce).isEmpty();
        assertThat(kernel.frozen).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.EXPIRED);
        assertThat(told).last().satisfies(record -> {
            assertThat(record.getEvent()).isEqualTo(AuditEvent.EXPIRED);
            assertThat(record.getConnectionsRefused()).isEqualTo(3);
            assertThat(record.getModes()).isEmpty();
        });
    }

    @Test
    void aWallClockThatIsSetMovesTheKernelsExpiry() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, KILL_EXEC));
        bootToWall -= HOUR;
        now -= HOUR;

        containments.expire();

        assertThat(kernel.inForce.get(7L).get(Authority.DETECTION).expires()).isEqualTo(9_000 - BOOT_TO_WALL + HOUR);
        assertThat(changes).isEqualTo(1);
        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
    }

    @Test
    void aReleaseSaysWhoseWordItWas() {
        cgroups.created(7, PATH);
        containments.apply(operator("d1", 9_000, KILL_EXEC, FREEZE));
        Decision release = operator("d1", 9_000, KILL_EXEC, FREEZE);
        release.setReleased(true);
        release.setRequestedBy("ben@bastion");
        release.setReason("false alarm");

        containments.apply(release);

        assertThat(kernel.inForce).isEmpty();
        assertThat(kernel.frozen).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.RELEASED);
        assertThat(told).last().satisfies(record -> {
            assertThat(record.getEvent()).isEqualTo(AuditEvent.RELEASED);
            assertThat(record.getRequestedBy()).isEqualTo("ben@bastion");
            assertThat(record.getReason()).isEqualTo("false alarm");
        });
    }

    @Test
    void aDeletedRecordIsARelease() {
        cgroups.created(7, PATH);
        Decision decision = decision("d1", 9_000, KILL_EXEC);
        containments.apply(decision);

        containments.forget(Keys.decision(decision));

        assertThat(kernel.inForce).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.RELEASED);
    }

    @Test
    void anOldDecisionReadAgainDoesNothing() {
        cgroups.created(7, PATH);

        containments.restore(decision("d1", 4_000, KILL_EXEC));

        assertThat(kernel.inForce).isEmpty();
        assertThat(containments.statuses()).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void aNewDecisionReplacesTheOneBefore() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, KILL_EXEC, FREEZE));

        containments.apply(decision("d2", 20_000, DENY_NETWORK));

        assertThat(kernel.inForce.get(7L).get(Authority.DETECTION).actions()).containsExactly(DENY_NETWORK);
        assertThat(kernel.frozen).isEmpty();
        assertThat(kernel.defined).hasSize(1);
        assertThat(status().getDecisionId()).isEqualTo("d2");
        assertThat(status().getExecsKilled()).as("the counts go on").isEqualTo(4);
        assertThat(told).extracting(ContainmentAudit::getEvent).containsExactly(AuditEvent.APPLIED, AuditEvent.RENEWED);
    }

    @Test
    void aRenewedFreezeStaysFrozen() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, FREEZE));

        containments.apply(decision("d2", 20_000, FREEZE));

        assertThat(kernel.frozen).containsOnlyKeys(7L);
        now = 10_000;
        containments.expire();
        assertThat(kernel.frozen).containsOnlyKeys(7L);
    }

    @Test
    void aPersonsDecisionAndTheJobsStandBesideEachOther() {
        cgroups.created(7, PATH);
        containments.apply(operator("d1", 20_000, FREEZE));

        containments.apply(decision("d2", 9_000, KILL_EXEC, DENY_NETWORK));

        assertThat(kernel.frozen).containsKey(7L);
        now = 10_000;
        containments.expire();
        assertThat(kernel.inForce).isEmpty();
        assertThat(kernel.frozen).containsKey(7L);
        assertThat(containments.statuses()).extracting(ContainmentStatus::getState)
                .containsExactly(ContainmentState.EXPIRED, ContainmentState.ACTIVE);
    }

    @Test
    void whatAnEarlierRunFrozeIsInForceBeforeTheTopicIsRead() {
        cgroups.created(7, PATH);
        Decision decision = operator("d1", 9_000, FREEZE);

        containments.restoreFrozen(7, decision);

        assertThat(status().getState()).isEqualTo(ContainmentState.ACTIVE);
        assertThat(told).extracting(ContainmentAudit::getEvent).containsExactly(AuditEvent.RESTORED);
        containments.restore(Decision.newBuilder(decision).build());
        containments.confirm(Set.of(Keys.decision(decision)));
        assertThat(kernel.frozen).containsKey(7L);
        assertThat(told).hasSize(1);
    }

    @Test
    void whatAnEarlierRunFrozeAndTheTopicNoLongerHasIsThawed() {
        cgroups.created(7, PATH);
        containments.restoreFrozen(7, operator("d1", 9_000, FREEZE));

        containments.confirm(Set.of());

        assertThat(kernel.frozen).isEmpty();
        assertThat(told).last().satisfies(record -> {
            assertThat(record.getEvent()).isEqualTo(AuditEvent.RELEASED);
            assertThat(record.getDetail()).isEqualTo("not on the topic any more");
        });
    }

    @Test
    void whatAnEarlierRunFrozeAndIsOverIsThawedAtOnce() throws Exception {
        cgroups.created(7, PATH);
        Decision decision = operator("d1", 4_000, FREEZE);
        kernel.freeze(7, decision);

        containments.restoreFrozen(7, decision);

        assertThat(kernel.frozen).isEmpty();
        assertThat(told).singleElement().satisfies(record -> {
            assertThat(record.getEvent()).isEqualTo(AuditEvent.EXPIRED);
            assertThat(record.getDetail()).isEqualTo("while the collector was away");
        });
    }

    @Test
    void aMarkThatSpeaksOfAnotherContainerContainsNobody() throws Exception {
        cgroups.created(7, PATH);
        cgroups.created(8, "/kubepods/pod" + POD + '/' + "f".repeat(64));
        Decision decision = operator("d1", 9_000, FREEZE, KILL_EXEC);
        kernel.freeze(8, decision);

        containments.restoreFrozen(8, decision);

        assertThat(kernel.frozen).isEmpty();
        assertThat(kernel.inForce).isEmpty();
    }

    @Test
    void whenTheCollectorStopsOnlyTheFreezeStays() {
        cgroups.created(7, PATH);
        containments.apply(decision("d1", 9_000, KILL_EXEC, FREEZE));

        containments.suspend();

        assertThat(kernel.frozen).containsKey(7L);
        assertThat(status().getEffective()).containsExactly(FREEZE);
        assertThat(told).last().satisfies(record -> {
            assertThat(record.getEvent()).isEqualTo(AuditEvent.SUSPENDED);
            assertThat(record.getModes()).containsExactly(new ActionMode(KILL_EXEC, "", "the collector stops"),
                    new ActionMode(FREEZE, "cgroup.freeze", ""));
        });
    }

    @Test
    void aDecisionThatCannotBeUsedIsRefusedWithItsReasonCutToAMeasure() {
        Decision hostile = decision("d".repeat(100_000), 9_000, KILL_EXEC);
        hostile.setReason("r".repeat(1_000_000));
        hostile.setActions(java.util.Collections.nCopies(100_000, KILL_EXEC));
        hostile.setExceptPaths(java.util.Collections.nCopies(1000, "x"));

        containments.refuse(hostile, "it is nonsense");

        assertThat(kernel.inForce).isEmpty();
        assertThat(status().getState()).isEqualTo(ContainmentState.REFUSED);
        assertThat(status().getDetail()).isEqualTo("it is nonsense");
        assertThat(status().getDecisionId()).hasSizeLessThan(300);
        assertThat(status().getRequested()).containsExactly(KILL_EXEC);
        assertThat(told).singleElement().satisfies(record -> assertThat(record.toString()).hasSizeLessThan(5_000));
    }

    @Test
    void thereAreOnlySoMany() {
        for (int i = 0; i <= Containments.MOST; i++) {
            Decision decision = decision("d" + i, 9_000, KILL_EXEC);
            decision.setContainerId(String.format("%064x", i));
            containments.apply(decision);
        }

        assertThat(status().getDecisionId()).isEqualTo("d" + (Containments.MOST - 1));
        assertThat(containments.statuses()).hasSize(Containments.MOST + 1)
                .anySatisfy(refused -> assertThat(refused.getDetail()).startsWith("more than"));
    }

    @Test
    void endedOnesAreNotKeptForEver() {
        cgroups.created(7, PATH);
        for (int i = 0; i < 1000; i++) {
            containments.apply(decision("d" + i, 9_000 + i, KILL_EXEC));

            containments.forget(POD + '/' + CONTAINER);
        }

        assertThat(containments.statuses()).hasSize(Containments.MOST_ENDED);
    }

    private ContainmentStatus status() {
        return containments.statuses().getLast();
    }

    private static Decision operator(String id, long expires, ContainmentAction... actions) {
        Decision decision = decision(id, expires, actions);
        decision.setRequestedBy("ana@bastion");
        return decision;
    }

    private static Decision decision(String id, long expires, ContainmentAction... actions) {
        return Decision.newBuilder().setId(id).setCluster("c").setNode("n").setPodUid(POD).setContainerId(CONTAINER)
                .setWorkload(new WorkloadRef("c", "ns", "Deployment", "w")).setActions(List.of(actions))
                .setReason("test").setIssuedBy("job").setIssuedTime(1).setExpiresTime(expires).build();
    }
}
