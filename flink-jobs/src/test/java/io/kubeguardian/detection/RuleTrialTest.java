package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.rules.RuleSource;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules over batches, without Flink. */
class RuleTrialTest {
    private static final RuleSet ECHO = RuleSet.load(List.of(new RuleSource("echo.yaml", """
            - rule: echo
              desc: d
              condition: evt.type in (execve, connect)
              output: "%proc.name up=%proc.aname pod=%k8s.pod.name"
              priority: DEBUG
            """.getBytes(StandardCharsets.UTF_8))));

    private static final class Outputs implements RuleTrial.Listener {
        final List<String> said = new ArrayList<>();
        final List<Long> times = new ArrayList<>();

        @Override
        public void hit(Hit hit, long time) {
            said.add(hit.output());
            times.add(time);
        }

        @Override
        public void failed(EventView event, RuntimeException problem) {
            throw new AssertionError(problem);
        }
    }

    private final Story story = new Story(SignalExamples.START);
    private final Outputs outputs = new Outputs();
    private final RuleTrial trial = new RuleTrial(ECHO, 256, outputs);

    @Test
    void processesAreKnownFromOneBatchToTheNext() throws Exception {
        // Given
        trial.metadata(story.pod());
        trial.batch(story.normal().get(0));
        outputs.said.clear();
        outputs.times.clear();

        // When
        for (EventBatch batch : story.attack()) {
            trial.batch(batch);
        }

        // Then every hit is there, with its ancestors and its time
        assertThat(outputs.said).containsExactly(
                "sh up=orders pod=orders-1", "cat up=sh->orders pod=orders-1", ".x up=sh->orders pod=orders-1",
                ".x up=sh->orders pod=orders-1");
        assertThat(outputs.times).isSorted().first().isEqualTo(story.attack + Story.MILLI);
    }

    @Test
    void aNodeThatCameUpAgainHasNoneOfItsProcesses() throws Exception {
        // Given
        trial.batch(story.normal().get(0));
        List<EventBatch> attack = story.attack();
        attack.forEach(batch -> batch.setBootId("another"));
        outputs.said.clear();

        // When the connection comes alone
        trial.batch(attack.get(3));

        // Then
        assertThat(outputs.said).containsExactly(".x up=<NA> pod=<NA>");
    }

    @Test
    void aBatchThatPointsOutsideItsTablesIsRefused() {
        // Given
        EventBatch batch = story.normal().get(0);
        batch.getExecs().get(0).setExe(99);

        // When, then
        assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> trial.batch(batch))
                .withMessageContaining("exec.exe is 99");
    }
}
