package io.kubeguardian.collector.contain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.contain.KernelContainment.Stopped;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditTrailTest {
    private final AuditTrail audit = new AuditTrail(new Origin("c", "n", "boot", 7), () -> 1);

    @Test
    void whatFailsIsSentAgainWithTheSameId() {
        add("d1");
        add("d2");
        assertThat(send("d1")).containsExactly("n/7/0", "n/7/1");

        List<String> again = send();

        assertThat(again).containsExactly("n/7/0");
        assertThat(send()).isEmpty();
        assertThat(audit.lost()).isZero();
    }

    @Test
    void whatIsUnderWayIsNotSentTwice() {
        add("d1");
        audit.flush((key, record, done) -> { });

        List<String> second = send();

        assertThat(second).isEmpty();
    }

    @Test
    void whatThereIsNoRoomForIsCounted() {
        for (int i = 0; i < AuditTrail.MOST + 3; i++) {
            add("d" + i);
        }

        assertThat(audit.lost()).isEqualTo(3);
        assertThat(send()).hasSize(AuditTrail.MOST);
    }

    @Test
    void whatIsLeftAtTheEndIsCounted() {
        add("d1");
        add("d2");
        send("d2");

        audit.abandon();

        assertThat(audit.lost()).isEqualTo(1);
        assertThat(send()).isEmpty();
    }

    @Test
    void theThreadSendsWhatComesAndWhatIsLeftWhenItStops() {
        List<String> sent = java.util.Collections.synchronizedList(new ArrayList<>());
        audit.start((key, record, done) -> {
            sent.add(record.getDecisionId());
            done.accept(true);
        });
        add("d1");
        add("d2");

        audit.stop();

        assertThat(sent).containsExactly("d1", "d2");
    }

    /** The ids that a sender is handed; it fails for these decisions. */
    private List<String> send(String... failing) {
        List<ContainmentAudit> sent = new ArrayList<>();
        audit.flush((key, record, done) -> {
            sent.add(record);
            done.accept(!List.of(failing).contains(record.getDecisionId()));
        });
        return sent.stream().map(ContainmentAudit::getId).toList();
    }

    private void add(String id) {
        Decision decision = Decision.newBuilder().setId(id).setCluster("c").setNode("n").setPodUid("p")
                .setWorkload(new WorkloadRef("c", "ns", "Deployment", "w")).setActions(List.of()).setReason("test")
                .setIssuedBy("job").setIssuedTime(1).setExpiresTime(2).build();
        audit.add(AuditEvent.APPLIED, "p/", decision, List.of(), Stopped.NOTHING, "");
    }
}
