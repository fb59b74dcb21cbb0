package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real pipeline over captures, without Kafka. */
class ReplayIT {
    @TempDir
    Path folder;

    private static final class Everything implements Replay.Listener {
        final List<Signal> signals = new ArrayList<>();
        final List<Incident> incidents = new ArrayList<>();
        final List<RiskScore> risk = new ArrayList<>();
        final List<Decision> decisions = new ArrayList<>();
        final List<byte[]> alerts = new ArrayList<>();

        @Override
        public void signal(Signal signal) {
            signals.add(signal);
        }

        @Override
        public void incident(Incident incident) {
            incidents.add(incident);
        }

        @Override
        public void risk(RiskScore score) {
            risk.add(score);
        }

        @Override
        public void decision(Decision decision) {
            decisions.add(decision);
        }

        @Override
        public void alert(byte[] json) {
            alerts.add(json);
        }
    }

    @Test
    void twoReplaysOfACaptureSayTheSame() throws Exception {
        Path capture = capture(4);
        Everything first = new Everything();
        Everything second = new Everything();

        Replay.run(List.of(capture), Story.settings(), new StoryDetectors(), first);
        Replay.run(List.of(capture), Story.settings(), new StoryDetectors(), second);

        assertThat(first.signals).hasSize(7);
        assertThat(first.incidents).hasSize(1);
        assertThat(first.decisions).hasSize(1);
        assertThat(first.alerts).hasSize(8);
        assertThat(first.risk).extracting(RiskScore::getScore).isSorted();
        assertThat(second.signals).extracting(Signal::getId)
                .containsExactlyInAnyOrderElementsOf(first.signals.stream().map(Signal::getId).toList());
        assertThat(second.incidents.get(0).getId()).isEqualTo(first.incidents.get(0).getId());
    }

    @Test
    void aTrialOfTheRulesAloneSaysWhatTheJobSays() throws Exception {
        Path capture = capture(4);
        Everything job = new Everything();
        List<String> trial = new ArrayList<>();
        RuleTrial rules = new RuleTrial(RuleSet.loadBuiltIn(), 256, new RuleTrial.Listener() {
            @Override
            public void hit(Hit hit, long time) {
                trial.add(time + " " + hit.rule() + " " + hit.output());
            }

            @Override
            public void failed(EventView event, RuntimeException problem) {
                throw new AssertionError(problem);
            }
        });

        Replay.run(List.of(capture), Story.settings(), new RuleDetectorFactory(List.of()), job);
        try (CaptureFile.Reader reader = new CaptureFile.Reader(capture)) {
            for (CaptureEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (entry.getRecord() instanceof PodMetadata pod) {
                    rules.metadata(pod);
                } else {
                    rules.batch((EventBatch) entry.getRecord());
                }
            }
        }

        assertThat(trial).isNotEmpty().containsExactlyElementsOf(job.signals.stream()
                .filter(signal -> signal.getKind() == SignalKind.RULE)
                .map(signal -> signal.getEventTime() + " " + signal.getRule() + " " + signal.getOutput())
                .toList());
    }

    @Test
    void theWrongOrderOrAMissingStepIsNoIncident() throws Exception {
        // Given the story without its connection, and one in which it comes first
        Everything unfinished = new Everything();
        Everything reversed = new Everything();

        Replay.run(List.of(capture(3)), Story.settings(), new StoryDetectors(), unfinished);
        Replay.run(List.of(reversedCapture()), Story.settings(), new StoryDetectors(), reversed);

        // Then there are signals, but no incident, and nothing is contained
        assertThat(unfinished.signals).hasSize(6);
        assertThat(unfinished.incidents).isEmpty();
        assertThat(reversed.signals).hasSize(7);
        assertThat(reversed.incidents).isEmpty();
        assertThat(reversed.decisions).isEmpty();
    }

    @Test
    void aFileThatIsNoCaptureIsToldBeforeAnythingStarts() throws Exception {
        Path junk = Files.writeString(folder.resolve("junk.avro"), "junk");

        assertThatExceptionOfType(MalformedRecordException.class)
                .isThrownBy(() -> Replay.run(
                        List.of(junk), Story.settings(), new StoryDetectors(), new Everything()))
                .withMessageContaining("junk.avro");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Replay.run(List.of(folder.resolve("none")), Story.settings(), new StoryDetectors(),
                        new Everything()));
    }

    private Path capture(int steps) throws IOException {
        Story story = new Story(SignalExamples.START);
        Path file = folder.resolve("story-" + steps + ".avro");
        try (CaptureFile.Writer writer = new CaptureFile.Writer(file)) {
            writer.write(story.pod());
            for (EventBatch batch : story.normal()) {
                writer.write(batch);
            }
            for (EventBatch batch : story.attack().subList(0, steps)) {
                writer.write(batch);
            }
        }
        return file;
    }

    /** The connection 20 s before the rest. */
    private Path reversedCapture() throws IOException {
        Story story = new Story(SignalExamples.START);
        Path file = folder.resolve("reversed.avro");
        try (CaptureFile.Writer writer = new CaptureFile.Writer(file)) {
            writer.write(story.pod());
            List<EventBatch> batches = new ArrayList<>(story.normal());
            List<EventBatch> attack = story.attack();
            EventBatch home = attack.get(3);
            home.setBaseTime(story.attack - 20 * Story.SECOND);
            batches.add(home);
            batches.addAll(attack.subList(0, 3));
            for (int i = 0; i < batches.size(); i++) {
                batches.get(i).setPodSequence(i);
                writer.write(batches.get(i));
            }
        }
        return file;
    }
}
