package io.kubeguardian.collector.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class CgroupTableTest {
    private static final String UID = "12345678-9abc-def0-1234-56789abcdef0";
    private static final String POD = "/kubepods/pod" + UID;

    @Test
    void aRemovedPodIsKnownForAWhileAndThenForgotten() {
        CgroupTable table = new CgroupTable(10, id -> null);
        table.created(1, POD);
        table.removed(1, 0);

        table.expire(CgroupTable.KEEP_NANOS - 1);
        assertThat(table.find(1).podUid()).isEqualTo(UID);
        table.expire(CgroupTable.KEEP_NANOS);
        assertThat(table.size()).isZero();
    }

    @Test
    void aRemovedCgroupStillExplainsEventsButIsNoCgroupOfThePodAnyMore() {
        CgroupTable table = new CgroupTable(10, id -> null);
        table.created(1, POD);
        table.created(2, POD);

        table.removed(1, 0);

        assertThat(table.cgroups(UID, "")).containsExactly(2L);
        assertThat(table.find(1).podUid()).isEqualTo(UID);
    }

    @Test
    void aCgroupThatIsGoneWithoutAWordIsFoundMissing() {
        CgroupTable table = new CgroupTable(10, id -> null);
        table.created(1, POD);
        table.created(2, POD);
        table.created(3, POD);
        table.removed(3, 0);

        assertThat(table.missingFrom(Set.of(1L, 4L))).containsExactly(2L);
    }

    @Test
    void churnLeavesNothingBehind() {
        CgroupTable table = new CgroupTable(100, id -> null);
        for (long id = 0; id < 100_000; id++) {
            table.created(id, POD + id);
            table.removed(id, id * CgroupTable.KEEP_NANOS);

            table.expire(id * CgroupTable.KEEP_NANOS);

            assertThat(table.size()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void inAFullTableTheOneRemovedLongestAgoMakesRoom() {
        CgroupTable table = new CgroupTable(3, id -> null);
        table.created(1, POD);
        table.created(2, POD);
        table.created(3, POD);
        table.removed(3, 0);
        table.removed(2, 1);

        table.created(4, POD);

        assertThat(table.size()).isEqualTo(3);
        assertThat(table.find(3).podUid()).isEmpty();
        assertThat(table.find(2).podUid()).isEqualTo(UID);
        assertThat(table.find(4).podUid()).isEqualTo(UID);
    }

    @Test
    void whatComesAndGoesAndBelongsToNobodyIsCounted() {
        CgroupTable table = new CgroupTable(10, id -> null);
        table.created(1, POD);
        table.created(2, "/system.slice");
        table.created(2, "/system.slice");
        table.removed(1, 0);
        table.removed(1, 0);
        table.removed(9, 0);

        table.find(1);
        table.find(2);
        table.find(9);

        assertThat(table.counts()).isEqualTo(new AttributionCounts(1, 1, 2, 2, 1));
    }

    @Test
    void aFullTableOfLivingCgroupsStaysAsItIs() {
        CgroupTable table = new CgroupTable(1, id -> null);
        table.created(1, POD);

        table.created(2, POD);

        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void anUnknownCgroupIsLookedUpOnceASecondAndCountedOtherwise() {
        int[] lookups = new int[1];
        CgroupTable table = new CgroupTable(10, id -> {
            lookups[0]++;
            return null;
        });
        table.find(5);

        table.find(6);

        assertThat(lookups[0]).isEqualTo(1);
        assertThat(table.counts().failures()).isEqualTo(2);
    }
}
