package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.DecisionSettings;
import io.kubeguardian.schema.Approval;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.PostureFinding;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The attack of the demo under other policies, on a real broker and Flink with RocksDB. */
@SuppressWarnings("try") // clusters that only have to run while a test does
class PolicyIT {
    private static final WorkloadRef ORDERS = new WorkloadRef("prod", "shop", "Deployment", "orders");

    private final Story story = new Story(System.currentTimeMillis() - 180_000);

    @TempDir
    Path folder;

    @Test
    void whatIsOverTheLimitIsHeldOverARestartAndDoneWhenAPersonSaysSo() throws Exception {
        DecisionSettings none = new DecisionSettings("", 0, 20, 600);
        try (KafkaWorld kafka = new KafkaWorld()) {
            // Given a job that may contain nothing by itself, and what admission found
            String savepoint;
            String id;
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings(), none), new StoryDetectors(), 0, 2, null)) {
                kafka.send(Topics.POSTURE, "prod/shop/Deployment/orders", 1, AvroCodec.of(Posture.class).encode(new Posture(
                        ORDERS, List.of(new PostureFinding("privileged", "high", "")), story.start)));
                kafka.send(story.pod());
                kafka.send(story.normal());

                // When it is attacked
                kafka.send(story.attack());

                // Then it is held, people are told, and nothing is contained
                List<Decision> log = log(kafka, 1);
                assertThat(log).extracting(Decision::getState).containsExactly(DecisionState.HELD);
                id = log.get(0).getId();
                String told = id;
                assertThat(kafka.values(Topics.ALERTS, alerts -> alerts.stream()
                        .anyMatch(alert -> new String(alert).contains("decisions approve " + told))))
                        .anyMatch(alert -> new String(alert).contains("decisions.containedWorkloads is 0"));

                // and every entity that the attack touched has a score, with admission's findings in the workload's
                Set<RiskEntity> entities = kafka.records(Topics.RISK, RiskScore.class, r -> r.size() > 10).stream()
                        .map(RiskScore::getEntity).collect(Collectors.toSet());
                assertThat(entities).contains(RiskEntity.WORKLOAD, RiskEntity.POD, RiskEntity.NODE, RiskEntity.IMAGE,
                        RiskEntity.NAMESPACE);
                assertThat(kafka.records(Topics.RISK, RiskScore.class, r -> true)).anyMatch(
                        score -> score.getFactors().stream().anyMatch(f -> f.getKind().equals("posture")));
                savepoint = flink.stopWithSavepoint(folder);
            }

            // When the job goes on from a savepoint and a person approves
            kafka.send(Topics.APPROVALS, id, 1, AvroCodec.of(Approval.class).encode(
                    new Approval("prod", id, true, "ada", "seen it", 1L)));
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings(), none), new StoryDetectors(), 0, 2, savepoint)) {
                // Then it is in force, once
                List<Decision> decisions = kafka.records(Topics.DECISIONS, Decision.class, d -> !d.isEmpty());
                assertThat(decisions).extracting(Decision::getId).containsExactly(id);
                assertThat(decisions.get(0).getNote()).endsWith("approved by ada: seen it");
                assertThat(log(kafka, 2)).extracting(Decision::getState)
                        .containsExactly(DecisionState.HELD, DecisionState.IN_FORCE);
            }
        }
    }

    @Test
    void aDryRunIsOnlyWrittenDown() throws Exception {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), """
                version: 1
                entries:
                  - name: orders are only watched
                    match: {labels: {app: orders}}
                    containAt: 60
                    mode: DRY_RUN
                """);
        try (KafkaWorld kafka = new KafkaWorld();
                EmbeddedFlink flink = EmbeddedFlink.start(kafka.config(Story.settings(),
                        new DecisionSettings(policy.toString(), 10, 20, 600)), new StoryDetectors(), 0, 1, null)) {
            kafka.send(story.pod());
            kafka.send(story.normal());

            kafka.send(story.attack());

            Decision decision = log(kafka, 1).get(0);
            assertThat(decision.getState()).isEqualTo(DecisionState.DRY_RUN);
            assertThat(decision.getPolicy()).isEqualTo("orders are only watched");
            assertThat(kafka.records(Topics.DECISIONS, Decision.class, all -> true)).isEmpty();
        }
    }

    private static List<Decision> log(KafkaWorld kafka, int count) {
        return kafka.records(Topics.DECISION_LOG, Decision.class, all -> all.size() >= count);
    }
}
