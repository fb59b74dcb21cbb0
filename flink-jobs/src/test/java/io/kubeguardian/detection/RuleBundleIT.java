package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.RuleBundles;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuleVerdict;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules reach a running job through a real broker, and both of its subtasks say so. */
@SuppressWarnings("try") // clusters that only have to run while a test does
class RuleBundleIT {
    private static final int SUBTASKS = 2;

    private final long start = System.currentTimeMillis() - 60_000;
    private final Story story = new Story(start);
    private int pid = 300;

    @TempDir
    Path folder;

    @Test
    void aPublishedBundleJudgesTheNextEventOfAJobThatIsNeverRestarted() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld();
                EmbeddedFlink flink = EmbeddedFlink.start(
                        kafka.config(Story.settings()), new StoryDetectors(), 0, SUBTASKS, null)) {
            // Given a job with the rules that it was started with
            kafka.send(story.pod());
            run(kafka, "/bin/cat");
            run(kafka, "/tmp/x");
            assertThat(hits(kafka, 1)).containsExactly(StoryDetectors.DROPPED);

            // When a bundle is published
            RuleBundle bundle = RuleBundleExamples.about("cat ran", "/bin/cat", start * Story.MILLI);
            kafka.publish(bundle);

            // Then every subtask acknowledges it, and the next event meets its rules
            assertThat(kafka.decided(bundle, SUBTASKS)).allSatisfy(status -> {
                assertThat(status.getVerdict()).isEqualTo(RuleVerdict.ACCEPTED);
                assertThat(status.getDigest()).isEqualTo(bundle.getDigest());
                assertThat(status.getParallelism()).isEqualTo(SUBTASKS);
                assertThat(status.getJobId()).isEqualTo(flink.job().getJobID().toHexString());
            });
            run(kafka, "/tmp/x");
            run(kafka, "/bin/cat");
            assertThat(hits(kafka, 2)).containsExactly(StoryDetectors.DROPPED, "cat ran");
            assertThat(flink.job().getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        }
    }

    @Test
    void whatIsBrokenIsRefusedAndTheOldRulesGoOn() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld();
                EmbeddedFlink flink = EmbeddedFlink.start(
                        kafka.config(Story.settings()), new StoryDetectors(), 0, SUBTASKS, null)) {
            // Given a bundle that runs
            kafka.send(story.pod());
            RuleBundle good = RuleBundleExamples.about("cat ran", "/bin/cat", 1);
            kafka.publish(good);
            kafka.decided(good, SUBTASKS);

            // When garbage, somebody else's policy, a bundle of the history and one that does not load come
            byte[] garbage = "junk".getBytes(StandardCharsets.UTF_8);
            kafka.send(Topics.POLICIES, Keys.ACTIVE_RULES, start, garbage);
            kafka.send(Topics.POLICIES, "admission/no-root", start, garbage);
            kafka.send(Topics.POLICIES, Keys.ruleBundle("x"), start, garbage);
            RuleBundle broken = RuleBundleExamples.broken(2);
            kafka.publish(broken);

            // Then the bundle is refused by every subtask with the reason, the garbage is aside once, and the old rules judge
            assertThat(kafka.decided(broken, SUBTASKS)).allSatisfy(status -> {
                assertThat(status.getVerdict()).isEqualTo(RuleVerdict.REJECTED);
                assertThat(status.getProblem()).contains("unknown field proc.nonsense");
                assertThat(status.getDigest()).isEqualTo(good.getDigest());
            });
            run(kafka, "/bin/cat");
            assertThat(hits(kafka, 1)).containsExactly("cat ran");
            List<DeadLetter> letters = kafka.records(Topics.DEAD_LETTERS, DeadLetter.class, all -> !all.isEmpty());
            assertThat(letters).hasSize(1);
            assertThat(letters.get(0).getTopic()).isEqualTo(Topics.POLICIES);
        }
    }

    @Test
    void theBundleOutlivesTheJobAndGoesWhenItIsRolledBack() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld()) {
            // Given a job with a bundle, stopped with a savepoint
            RuleBundle bundle = RuleBundleExamples.about("cat ran", "/bin/cat", 1);
            String savepoint;
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings()), new StoryDetectors(), 0, SUBTASKS, null)) {
                kafka.send(story.pod());
                kafka.publish(bundle);
                kafka.decided(bundle, SUBTASKS);
                savepoint = flink.stopWithSavepoint(folder);
            }

            // When events come before it goes on
            run(kafka, "/tmp/x");
            run(kafka, "/bin/cat");

            // Then the bundle judges the first of them, and after a rollback the configured rules do
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings()), new StoryDetectors(), 0, SUBTASKS, savepoint)) {
                assertThat(hits(kafka, 1)).containsExactly("cat ran");
                RuleBundle back = RuleBundles.configured("test", 2, List.of());
                kafka.publish(back);
                assertThat(kafka.decided(back, SUBTASKS)).extracting(RuleStatus::getConfigured).containsOnly(true);
                run(kafka, "/bin/cat");
                run(kafka, "/tmp/x");
                assertThat(hits(kafka, 2)).containsExactly("cat ran", StoryDetectors.DROPPED);
            }
        }
    }

    /** A new process runs a program. */
    private void run(KafkaWorld kafka, String exe) {
        EventBatchBuilder builder = new EventBatchBuilder();
        builder.addExec((start + pid) * Story.MILLI, Story.process(builder, pid, pid, "x"), 1, 1L, exe, List.of(exe), "/", 0);
        pid++;
        EventBatch batch = story.finish(builder);
        kafka.send(List.of(batch));
    }

    /** Rule hits by name in the order of their events, when there are so many. */
    private static List<String> hits(KafkaWorld kafka, int count) {
        return kafka.records(Topics.SIGNALS, Signal.class, all -> hits(all).size() >= count).stream()
                .filter(signal -> signal.getKind() == SignalKind.RULE).map(Signal::getRule).toList();
    }

    private static List<Signal> hits(List<Signal> signals) {
        return signals.stream().filter(signal -> signal.getKind() == SignalKind.RULE).toList();
    }
}
