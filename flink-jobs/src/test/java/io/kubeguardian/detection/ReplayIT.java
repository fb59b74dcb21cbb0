package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.config.FeedFormat;
import io.kubeguardian.config.ModelSettings;
import io.kubeguardian.intel.IntelSet;
import io.kubeguardian.intel.feed.FeedExamples;
import io.kubeguardian.intel.feed.FeedRefresh;
import io.kubeguardian.ml.stream.Batches;
import io.kubeguardian.ml.train.TrainingPlan;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.runtimepolicy.RuntimePolicyExamples;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        final List<ProfileAudit> audit = new ArrayList<>();

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
            if (score.getEntity() == RiskEntity.WORKLOAD) {
                risk.add(score);
            }
        }

        @Override
        public void decision(Decision decision) {
            decisions.add(decision);
        }

        @Override
        public void alert(byte[] json) {
            alerts.add(json);
        }

        @Override
        public void profileAudit(ProfileAudit step) {
            audit.add(step);
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

    /** The attack takes 150 ms, the bound is 200 ms: every order is within it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shuffledWithinTheDisorderBoundTheStoryIsTheSame(long seed) throws Exception {
        Everything ordered = new Everything();
        Everything shuffled = new Everything();
        Story story = new Story(1_790_000_000_000L);
        List<EventBatch> batches = new ArrayList<>(story.normal());
        List<EventBatch> attack = new ArrayList<>(story.attack());
        batches.addAll(attack);
        Path inOrder = capture("ordered.avro", story.pod(), batches);
        Collections.shuffle(attack, new Random(seed));
        batches.subList(batches.size() - attack.size(), batches.size()).clear();
        batches.addAll(attack);
        Path outOfOrder = capture("shuffled.avro", story.pod(), batches);
        Replay.run(List.of(inOrder), Story.settings(), new StoryDetectors(), ordered);

        Replay.run(List.of(outOfOrder), Story.settings(), new StoryDetectors(), shuffled);

        assertThat(shuffled.incidents).extracting(Incident::getId)
                .containsExactlyElementsOf(ordered.incidents.stream().map(Incident::getId).toList()).hasSize(1);
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

    @Test
    void aModelAndIndicatorsJudgeAsInTheRunningJob() throws Exception {
        // Given a model of what is normal, a capture in which an attack follows twenty such windows, and a list with its address
        ModelSettings scoring = new ModelSettings(true, 10, 0, 5, 0.01, 0.55, 0.9, false, 10);
        Path normal = minutes("normal.kgc", 9, 40, -1);
        Path attack = minutes("attack.kgc", 3, 30, 20);
        List<BehaviourModel> models = ModelTraining.run(List.of(normal), Story.settings(), new TrainingPlan("behaviour", "", 10,
                1, 3, TrainingPlan.ALL_MEMBERS, false, List.of("normal.kgc"), 0, 0, 1), false);
        FeedRefresh.Read list = FeedRefresh.once(FeedExamples.feed("blocklist",
                Files.writeString(folder.resolve("list.txt"), "203.0.113.7\n").toString(), FeedFormat.PLAIN,
                Map.of("value", "1"), false));
        Everything found = new Everything();

        Replay.run(List.of(attack), new Replay.Judges(Story.settings(), BaselineSettings.defaults(), new StoryDetectors(),
                IntelSet.of(list.compiled().feed(), list.compiled().chunks()), scoring, models,
                List.of()), found);

        // Then one window is an anomaly, one connection is known, and the workload's threshold moved on record
        assertThat(found.signals).filteredOn(signal -> signal.getKind() == SignalKind.ANOMALY).singleElement()
                .satisfies(signal -> assertThat(signal.getOutputFields())
                        .containsEntry("kubeguardian.model.digest", models.get(0).getDigest()));
        assertThat(found.signals).filteredOn(signal -> signal.getKind() == SignalKind.INTEL).singleElement()
                .extracting(Signal::getRule).isEqualTo("intel.ip");
        assertThat(found.audit).filteredOn(step -> step.getEvent() == ProfileEvent.BOUND_MOVED).isNotEmpty()
                .allSatisfy(step -> assertThat(step.getDetail()).contains(models.get(0).getDigest()));
    }

    @Test
    void aPolicyJudgesFromTheFirstEventOnAndSaysWhatItSaysInTheRunningJob() throws Exception {
        // Given a policy that allows the server no database and nobody a shell, and what the running job makes of the story
        RuntimePolicyRecord policy = RuntimePolicyExamples.policy("orders",
                Map.of("mode", "enforce", "destinations", List.of(), "users", List.of(1000)));
        Story story = new Story(SignalExamples.START);
        List<EventBatch> batches = new ArrayList<>(story.normal());
        batches.addAll(story.attack());
        List<String> running = new ArrayList<>();
        try (DetectHarness job = DetectHarness.open(
                new DetectFunction(Story.settings(), new StoryDetectors(), DetectionClock.system(), false))) {
            job.update(new RuleUpdate(Keys.runtimePolicy("prod", "shop", "orders"), policy));
            job.processElement(new RawRecord(Topics.PODS, 0, 0, SignalExamples.START, Keys.bytes(story.pod().getUid()),
                    AvroCodec.of(PodMetadata.class).encode(story.pod())), SignalExamples.START);
            for (EventBatch batch : batches) {
                long time = batch.getBaseTime() / Story.MILLI;
                job.processElement(new RawRecord(Topics.EVENTS, 0, 0, time, Keys.bytes(Keys.events(batch)),
                        AvroCodec.of(EventBatch.class).encode(batch)), time);
            }
            job.extractOutputValues().stream().filter(signal -> signal.getRule().startsWith("policy."))
                    .map(Signal::getId).forEach(running::add);
        }
        Everything found = new Everything();
        Everything without = new Everything();
        Path capture = capture("policy.avro", story.pod(), batches);

        Replay.run(List.of(capture), new Replay.Judges(Story.settings(), BaselineSettings.defaults(), new StoryDetectors(),
                IntelSet.EMPTY, null, List.of(), List.of(policy)), found);
        Replay.run(List.of(capture), Story.settings(), new StoryDetectors(), without);

        // Then its first breach, at the story's start, is among the same signals, and they are in the story's incident
        List<Signal> breaches = found.signals.stream().filter(signal -> signal.getRule().startsWith("policy.")).toList();
        assertThat(breaches).extracting(Signal::getId).containsExactlyInAnyOrderElementsOf(running);
        assertThat(breaches).extracting(Signal::getRule).contains("policy.exec.enforce");
        assertThat(breaches).anySatisfy(signal -> assertThat(signal)
                .returns("policy.connect.enforce", Signal::getRule)
                .returns(story.start + Story.MILLI, Signal::getEventTime));
        assertThat(found.incidents.get(found.incidents.size() - 1).getPatterns()).contains("runtime-policy-enforced");
        assertThat(without.signals).extracting(Signal::getRule).noneMatch(rule -> rule.startsWith("policy."));
    }

    /** @param attacked the window with the attack; -1: none */
    private Path minutes(String name, long seed, int windows, int attacked) throws IOException {
        Batches batches = new Batches(seed);
        List<EventBatch> all = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            long time = SignalExamples.START * 1_000_000 + i * 10_000_000_000L + 1_000_000;
            all.add(i == attacked ? batches.attack(time) : batches.normal(time));
        }
        return capture(name, Batches.pod(SignalExamples.START - 1000), all);
    }

    private Path capture(int steps) throws IOException {
        Story story = new Story(SignalExamples.START);
        List<EventBatch> batches = new ArrayList<>(story.normal());
        batches.addAll(story.attack().subList(0, steps));
        return capture("story-" + steps + ".avro", story.pod(), batches);
    }

    private Path capture(String name, PodMetadata pod, List<EventBatch> batches) throws IOException {
        Path file = folder.resolve(name);
        try (CaptureFile.Writer writer = new CaptureFile.Writer(file)) {
            writer.write(pod);
            for (EventBatch batch : batches) {
                writer.write(batch);
            }
        }
        return file;
    }

    /** The connection 20 s before the rest. */
    private Path reversedCapture() throws IOException {
        Story story = new Story(SignalExamples.START);
        List<EventBatch> batches = new ArrayList<>(story.normal());
        List<EventBatch> attack = story.attack();
        EventBatch home = attack.get(3);
        home.setBaseTime(story.attack - 20 * Story.SECOND);
        batches.add(home);
        batches.addAll(attack.subList(0, 3));
        for (int i = 0; i < batches.size(); i++) {
            batches.get(i).setPodSequence(i);
        }
        return capture("reversed.avro", story.pod(), batches);
    }
}
