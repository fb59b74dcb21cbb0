package io.kubeguardian.collector.contain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.contain.KernelContainment.Stopped;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.ExceptedDestination;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a record says. That it waits for Kafka, and is counted when it is given up, is the shipper's (ShipperIT). */
class AuditTrailTest {
    private final List<String> keys = new ArrayList<>();
    private final List<ContainmentAudit> told = new ArrayList<>();
    private final AuditTrail audit = new AuditTrail(new Origin("c", "n", "boot", 7), () -> 1, (key, record) -> {
        keys.add(key);
        told.add(record);
    });

    @Test
    void aRecordSaysWhoWhyWhenUntilWhenAndInWhichMode() {
        List<ActionMode> modes = List.of(new ActionMode(ContainmentAction.DENY_EXEC, "", "refused by this kernel"));

        audit.add(AuditEvent.REFUSED, "p/", decision(), modes, new Stopped(1, 2, 3, 4, 5), "no");

        assertThat(keys).containsExactly("p/");
        ContainmentAudit record = told.getFirst();
        assertThat(List.of(record.getCluster(), record.getNode(), record.getBootId())).containsExactly("c", "n", "boot");
        assertThat(record.getTime()).isEqualTo(1);
        assertThat(record.getEvent()).isEqualTo(AuditEvent.REFUSED);
        assertThat(List.of(record.getIssuedBy(), record.getRequestedBy(), record.getReason(), record.getDetail()))
                .containsExactly("cli", "ana@bastion", "under investigation", "no");
        assertThat(List.of(record.getIssuedTime(), record.getExpiresTime())).containsExactly(2L, 3L);
        assertThat(record.getModes()).isEqualTo(modes);
        assertThat(record.getExceptPaths()).containsExactly("/usr/bin/id");
        assertThat(record.getExceptDestinations()).containsExactly(new ExceptedDestination("10.0.0.0/8", 443, 6));
        assertThat(List.of(record.getExecsKilled(), record.getExecsRefused(), record.getOpensRefused(),
                record.getConnectionsRefused(), record.getPacketsRefused())).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void eachRecordHasAnIdOfItsOwnInTheOrderOfTheSteps() {
        for (int i = 0; i < 3; i++) {
            audit.add(AuditEvent.APPLIED, "p/", decision(), List.of(), Stopped.NOTHING, "");
        }

        List<String> ids = told.stream().map(ContainmentAudit::getId).toList();

        String run = ids.getFirst().substring(0, ids.getFirst().lastIndexOf('/'));
        assertThat(run).startsWith("n/");
        assertThat(ids).containsExactly(run + "/0", run + "/1", run + "/2");
    }

    private static Decision decision() {
        return Decision.newBuilder().setId("d1").setCluster("c").setNode("n").setPodUid("p")
                .setWorkload(new WorkloadRef("c", "ns", "Deployment", "w")).setActions(List.of(ContainmentAction.DENY_EXEC))
                .setReason("under investigation").setIssuedBy("cli").setRequestedBy("ana@bastion").setIssuedTime(2)
                .setExpiresTime(3).setExceptPaths(List.of("/usr/bin/id"))
                .setExceptDestinations(List.of(new ExceptedDestination("10.0.0.0/8", 443, 6))).build();
    }
}
