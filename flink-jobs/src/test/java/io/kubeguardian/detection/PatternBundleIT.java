package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.correlation.PatternBundles;
import io.kubeguardian.correlation.PatternReports;
import io.kubeguardian.correlation.PatternSource;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleVerdict;
import io.kubeguardian.schema.Topics;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Test;

/** Patterns reach a running job through a real broker, and both of its subtasks say so. */
@SuppressWarnings("try") // clusters that only have to run while a test does
class PatternBundleIT {
    private static final int SUBTASKS = 2;

    private final Story story = new Story(System.currentTimeMillis() - 180_000);

    private static RuleBundle bundle(String id, long issuedTime) {
        return PatternBundles.of(List.of(new PatternSource(id + ".yaml", """
                title: Token, then a dropped program
                id: %s
                level: high
                correlation:
                  type: temporal_ordered
                  rules: [%s, %s]
                  group-by: [pod]
                  timespan: 1m
                """.formatted(id, StoryDetectors.TOKEN, StoryDetectors.DROPPED))), "ada", issuedTime, List.of());
    }

    @Test
    void aPublishedPatternFindsTheNextIncidentOfAJobThatIsNeverRestarted() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld();
                EmbeddedFlink flink = EmbeddedFlink.start(
                        kafka.config(Story.settings()), new StoryDetectors(), 0, SUBTASKS, null)) {
            // Given a running job with the patterns that it was started with
            kafka.send(story.pod());
            kafka.send(story.normal());

            // When others are published, after some that do not load
            RuleBundle broken = bundle("ours", 1);
            broken.setDigest("sha256:" + "0".repeat(64));
            kafka.publish(Keys.ACTIVE_PATTERNS, broken);
            assertThat(kafka.decided(broken, PatternReports.JOB, SUBTASKS)).allSatisfy(status -> {
                assertThat(status.getVerdict()).isEqualTo(RuleVerdict.REJECTED);
                assertThat(status.getProblem()).contains("calls itself");
                assertThat(status.getConfigured()).isTrue();
            });
            RuleBundle ours = bundle("ours", 2);
            kafka.publish(Keys.ACTIVE_PATTERNS, ours);

            // Then every subtask acknowledges them, and they find the next attack, they alone
            assertThat(kafka.decided(ours, PatternReports.JOB, SUBTASKS)).allSatisfy(status -> {
                assertThat(status.getVerdict()).isEqualTo(RuleVerdict.ACCEPTED);
                assertThat(status.getDigest()).isEqualTo(ours.getDigest());
                assertThat(status.getRules()).isEqualTo(1);
            });
            kafka.send(story.attack());
            List<Incident> incidents = kafka.records(Topics.INCIDENTS, Incident.class, all -> !all.isEmpty());
            assertThat(incidents).extracting(Incident::getPattern).containsOnly("ours");
            assertThat(flink.job().getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        }
    }
}
