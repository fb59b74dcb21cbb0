package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Pods that came in while nobody decided, with the decisions that there are on a real broker. */
class SlippedPodsIT {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void podsWithoutADecisionAreToldOnceAndOnlyThey() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            KubeGuardianConfig config = ConfigReader.read(null,
                    Map.of("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers()));
            Instant now = Instant.now();
            Instant then = now.minus(Duration.ofMinutes(10));
            try (Outbox outbox = new Outbox(config.kafka(), 100, new WebhookMetrics())) {
                AuditTrail audit = new AuditTrail("prod", "webhook-1", outbox);
                decided(audit, "allowed", AdmissionVerdict.ALLOWED, then);
                decided(audit, "expired", AdmissionVerdict.EXPIRED, then);
            }
            List<JsonNode> pods = List.of(
                    pod("allowed", then), pod("expired", then), pod("slipped", then),
                    pod("too-new", now.minusSeconds(5)), pod("too-old", now.minus(HOUR).minusSeconds(60)));

            List<AdmissionAudit> told;
            try (SlippedPods slipped = slipped(config)) {
                assertThat(slipped.look(pods)).isEqualTo(2);
                told = AuditIT.records(kafka, Topics.ADMISSION_AUDIT, AdmissionAudit.class, 4).subList(2, 4);
                try (SlippedPods again = slipped(config)) {
                    assertThat(again.look(pods)).isZero();
                }
                assertThat(slipped.look(pods)).isZero();
                forgetDecisions(kafka);
                assertThat(slipped.look(pods)).as("what is settled stays so without reading it again").isZero();
            }

            assertThat(told).extracting(AdmissionAudit::getVerdict).containsOnly(AdmissionVerdict.SLIPPED);
            assertThat(told).extracting(AdmissionAudit::getObjectUid).containsExactlyInAnyOrder("uid-expired", "uid-slipped");
            assertThat(told).allSatisfy(record -> assertThat(record.getReasons()).singleElement().asString()
                    .contains("securityContext.privileged"));
            assertThat(AuditIT.records(kafka, Topics.POSTURE, Posture.class, 1))
                    .extracting(posture -> Keys.workload(posture.getWorkload())).containsOnly(Reviews.ORDERS);
        }
    }

    private static void forgetDecisions(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = Admin.create(kafka.clientProperties())) {
            admin.deleteRecords(Map.of(new TopicPartition(Topics.ADMISSION_AUDIT, 0), RecordsToDelete.beforeOffset(-1))).all().get();
        }
    }

    private static SlippedPods slipped(KubeGuardianConfig config) {
        return new SlippedPods(config.kafka(), config.webhook(), config.admission(), "prod", "controller-1", HOUR, Clock.systemUTC());
    }

    private static void decided(AuditTrail audit, String name, AdmissionVerdict verdict, Instant time) {
        ObjectNode review = Reviews.tree("pod-create-privileged.json");
        review.withObject("/request").set("object", pod(name, time));
        audit.add(Reviews.request(review), Decision.UNTOUCHED, verdict, Nanos.of(time), 1);
    }

    private static ObjectNode pod(String name, Instant created) {
        ObjectNode pod = (ObjectNode) Reviews.tree("pod-create-privileged.json").at("/request/object");
        pod.withObject("/metadata").put("name", name).put("uid", "uid-" + name).put("creationTimestamp", created.toString());
        return pod;
    }
}
