package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.DecisionSettings;
import io.kubeguardian.runtimepolicy.RuntimePolicyExamples;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runtime policies from a real broker into a running job, and what becomes of a breach. */
@SuppressWarnings("try") // clusters that only have to run while a test does
class RuntimePolicyIT {
    private static final String KEY = Keys.runtimePolicy("prod", "shop", "orders");

    private final long start = System.currentTimeMillis() - 60_000;
    private final Story story = new Story(start);
    private int pid = 300;

    @TempDir
    Path folder;

    @Test
    void aPolicyJudgesWithoutARestartOutlivesASavepointAndIsTakenBack() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld()) {
            // Given a job without a policy, in which nothing is told of a shell
            String savepoint;
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings()), new StoryDetectors(), 0, 2, null)) {
                kafka.send(story.pod());
                run(kafka, "/bin/sh");

                // When a policy is published that allows the server and one program
                publish(kafka, RuntimePolicyExamples.policy("orders",
                        Map.of("programs", List.of(Map.of("path", "/srv/orders"), Map.of("path", "/bin/tick")))));

                // Then what is outside of it is told, once, and what is inside is not
                runUntil(kafka, "/bin/first", all -> items(all).size() >= 1);
                run(kafka, "/srv/orders");
                run(kafka, "/bin/sh");
                run(kafka, "/bin/sh");
                assertThat(items(kafka, 2)).containsExactly("/bin/first", "/bin/sh");

                // And garbage under its key is aside, and changes nothing
                kafka.send(Topics.POLICIES, KEY, start, "junk".getBytes(StandardCharsets.UTF_8));
                assertThat(kafka.records(Topics.DEAD_LETTERS, DeadLetter.class, all -> !all.isEmpty())).singleElement()
                        .satisfies(letter -> assertThat(letter.getTopic()).isEqualTo(Topics.POLICIES));
                run(kafka, "/bin/ash");
                assertThat(items(kafka, 3)).containsExactly("/bin/first", "/bin/sh", "/bin/ash");
                assertThat(flink.job().getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
                savepoint = flink.stopWithSavepoint(folder);
            }

            // When the job goes on from a savepoint
            run(kafka, "/bin/sh");
            run(kafka, "/bin/dash");
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings()), new StoryDetectors(), 0, 2, savepoint)) {
                // Then it judges its first event by the policy, and knows what was told
                assertThat(items(kafka, 4)).containsExactly("/bin/first", "/bin/sh", "/bin/ash", "/bin/dash");

                // And another policy takes its place, until it is taken back
                publish(kafka, RuntimePolicyExamples.policy("orders",
                        Map.of("programs", List.of(Map.of("path", "/bin/*"), Map.of("path", "/srv/*")))));
                runUntil(kafka, "/usr/bin/second", all -> items(all).size() >= 5);
                run(kafka, "/bin/zsh");
                kafka.send(Topics.POLICIES, KEY, start, null);
                publish(kafka, RuntimePolicyExamples.policy("marker", Map.of("programs", List.of(Map.of("path", "/**")),
                        "users", List.of()))); // by which is seen that the tombstone before it was read
                runUntil(kafka, "/usr/bin/third", all -> all.stream().anyMatch(signal -> signal.getRule().equals("policy.user")
                        && signal.getOutputFields().get("kubeguardian.policy").equals("shop/marker")));
                run(kafka, "/usr/bin/fourth");
                run(kafka, "/srv/last");
                assertThat(items(kafka, 5))
                        .containsExactly("/bin/first", "/bin/sh", "/bin/ash", "/bin/dash", "/usr/bin/second");
            }
        }
    }

    @Test
    void aBreachOfAnEnforcedPolicyIsAnIncidentAndItsDecisionKeepsToTheLimits() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld();
                EmbeddedFlink flink = EmbeddedFlink.start(kafka.config(Story.settings(),
                        new DecisionSettings("", 1, 20, 600)), new StoryDetectors(), 0, 1, null)) {
            kafka.send(story.pod());
            publish(kafka, RuntimePolicyExamples.policy("orders", Map.of("mode", "enforce")));

            runUntil(kafka, "/bin/first", all -> all.stream().anyMatch(signal -> signal.getRule().equals("policy.exec.enforce")));

            assertThat(kafka.records(Topics.INCIDENTS, Incident.class, all -> !all.isEmpty()).get(0))
                    .returns("runtime-policy-enforced", Incident::getPattern);
            Decision decision = kafka.records(Topics.DECISIONS, Decision.class, all -> !all.isEmpty()).get(0);
            assertThat(decision.getState()).isEqualTo(DecisionState.IN_FORCE);
            assertThat(decision.getActions()).contains(ContainmentAction.KILL_EXEC);
            assertThat(decision.getContainerId()).isEqualTo(Story.CONTAINER);
            assertThat(decision.getReason()).contains("Enforced runtime policy broken", "policy.exec.enforce");
        }
    }

    private static void publish(KafkaWorld kafka, RuntimePolicyRecord policy) {
        kafka.send(Topics.POLICIES, Keys.runtimePolicy("prod", "shop", policy.getName()), System.currentTimeMillis(),
                AvroCodec.of(RuntimePolicyRecord.class).encode(policy));
    }

    /** A new process runs a program, whose arguments say nothing. */
    private void run(KafkaWorld kafka, String exe) {
        EventBatchBuilder builder = new EventBatchBuilder();
        builder.addExec((start + pid) * Story.MILLI, Story.process(builder, pid, pid, "x"), 1, 1L, exe, List.of(exe), "/", 0);
        pid++;
        kafka.send(List.of(story.finish(builder)));
    }

    /** Until the policy, which came at the same time, has met it. */
    private void runUntil(KafkaWorld kafka, String exe, Predicate<List<Signal>> told) {
        long end = System.nanoTime() + KafkaWorld.PATIENCE.toNanos();
        do {
            run(kafka, exe);
        } while (!told.test(kafka.records(Topics.SIGNALS, Signal.class, all -> told.test(all), Duration.ofSeconds(1)))
                && System.nanoTime() < end);
    }

    private static List<String> items(KafkaWorld kafka, int count) {
        return items(kafka.records(Topics.SIGNALS, Signal.class, all -> items(all).size() >= count));
    }

    private static List<String> items(List<Signal> signals) {
        return signals.stream().filter(signal -> signal.getRule().equals("policy.exec"))
                .map(signal -> signal.getOutputFields().get("kubeguardian.item")).toList();
    }
}
