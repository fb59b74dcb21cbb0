package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.config.ModelSettings;
import io.kubeguardian.ml.stream.Batches;
import io.kubeguardian.ml.train.TrainingPlan;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model's whole way: trained from a capture, published, scoring in the real pipeline, replaced, kept by a savepoint. */
@SuppressWarnings("try") // clusters that only have to run while a test does
class ModelScoringIT {
    private static final int SECONDS = 10;
    private static final ModelSettings SETTINGS = new ModelSettings(true, SECONDS, 0, 5, 0.01, 0.55, 0.9, false, 10);

    private final long start = (System.currentTimeMillis() / (SECONDS * 1000) - 700) * SECONDS * 1000;
    private final Batches batches = new Batches(3);

    @TempDir
    Path folder;

    @Test
    void aModelIsTrainedPublishedUsedReplacedAndKept() throws Exception {
        // Given two models of a capture of the service's normal behaviour
        BehaviourModel first = trained(1);
        BehaviourModel second = trained(2);
        second.setVersion(2);
        assertThat(first.getProvenance().getSources()).containsExactly("normal.kgc");
        assertThat(first.getProvenance().getWindows()).isEqualTo(40);

        try (KafkaWorld kafka = new KafkaWorld()) {
            KubeGuardianConfig config = config(kafka);
            String savepoint;
            try (EmbeddedFlink flink = EmbeddedFlink.start(config, new StoryDetectors(), 0, 2, null)) {
                // When the first is published while the job runs, and then one that is cut
                publish(kafka, first);
                byte[] cut = AvroCodec.of(BehaviourModel.class).encode(second);
                kafka.send(Topics.MODELS, Keys.activeModel("behaviour", ""), 0, java.util.Arrays.copyOf(cut, 5000));
                List<DeadLetter> letters = kafka.records(Topics.DEAD_LETTERS, DeadLetter.class, l -> !l.isEmpty());
                assertThat(letters).singleElement().satisfies(letter -> {
                    assertThat(letter.getTopic()).isEqualTo(Topics.MODELS);
                    assertThat(letter.getReason()).contains("BehaviourModel");
                });
                // and the service is attacked after some normal windows
                kafka.send(Batches.pod(start));
                kafka.send(normal(0, 8));
                kafka.send(List.of(batches.attack(at(8))));
                kafka.send(normal(9, 10));

                // Then the first model tells of it
                assertThat(anomalies(kafka, 1)).singleElement().satisfies(s -> {
                    assertThat(s.getOutputFields()).containsEntry("kubeguardian.model.digest", first.getDigest());
                    assertThat(s.getContributions()).isNotEmpty();
                    assertThat(s.getWorkload().getName()).isEqualTo("orders");
                });
                // and what it did to the workload's threshold is on record
                assertThat(moves(kafka.records(Topics.PROFILE_AUDIT, ProfileAudit.class, all -> moves(all).findAny().isPresent())))
                        .isNotEmpty().allSatisfy(move -> {
                            assertThat(move.getWorkload().getName()).isEqualTo("orders");
                            assertThat(move.getDetail()).contains(first.getDigest());
                        });
                savepoint = flink.stopWithSavepoint(folder);
            }

            // When the job goes on from its savepoint
            try (EmbeddedFlink flink = EmbeddedFlink.start(config, new StoryDetectors(), 0, 2, savepoint)) {
                kafka.send(List.of(batches.attack(at(200))));
                kafka.send(normal(201, 202));

                // Then model and history are still there
                assertThat(anomalies(kafka, 2).get(1).getOutputFields())
                        .containsEntry("kubeguardian.model.digest", first.getDigest());

                // And when another model is published it takes over without a restart
                publish(kafka, second);
                publish(kafka, bad());
                kafka.records(Topics.DEAD_LETTERS, DeadLetter.class, l -> l.size() >= 2); // both were read by then
                kafka.send(List.of(batches.attack(at(400))));
                kafka.send(normal(401, 402));
                assertThat(anomalies(kafka, 3).get(2).getOutputFields())
                        .containsEntry("kubeguardian.model.digest", second.getDigest())
                        .containsEntry("kubeguardian.model.version", "2");
            }
        }
    }

    private static Stream<ProfileAudit> moves(List<ProfileAudit> steps) {
        return steps.stream().filter(step -> step.getEvent() == ProfileEvent.BOUND_MOVED
                && step.getDetail().startsWith("score of model behaviour"));
    }

    /** Of other windows: refused. */
    private BehaviourModel bad() throws Exception {
        BehaviourModel other = trained(1);
        other.setWindowSeconds(SECONDS + 1);
        return other;
    }

    private KubeGuardianConfig config(KafkaWorld kafka) {
        KubeGuardianConfig all = kafka.config(Story.settings());
        return new KubeGuardianConfig(all.kafka(), all.collector(), all.detection(), all.baseline(), all.webhook(), all.ingest(),
                all.intel(), all.decisions(), SETTINGS, all.controller(), all.images(), all.admission());
    }

    private BehaviourModel trained(long seed) throws Exception {
        Path capture = folder.resolve("normal.kgc");
        Batches normal = new Batches(9);
        try (CaptureFile.Writer writer = new CaptureFile.Writer(capture)) {
            writer.write(Batches.pod(start));
            for (int i = 0; i < 40; i++) {
                writer.write(normal.normal(at(i)));
            }
        }
        TrainingPlan plan = new TrainingPlan("behaviour", "", SECONDS, seed, 3, TrainingPlan.ALL_MEMBERS, false,
                List.of("normal.kgc"), 0, 0, 1);
        List<BehaviourModel> models = ModelTraining.run(List.of(capture), Story.settings(), plan, false);
        assertThat(models).hasSize(1);
        models.get(0).setVersion(1);
        return models.get(0);
    }

    private static void publish(KafkaWorld kafka, BehaviourModel model) {
        kafka.send(Topics.MODELS, Keys.activeModel(model.getName(), model.getWorkload()), 0,
                AvroCodec.of(BehaviourModel.class).encode(model));
    }

    private List<Signal> anomalies(KafkaWorld kafka, int count) {
        return kafka.records(Topics.SIGNALS, Signal.class, signals -> anomalies(signals).size() >= count).stream()
                .filter(s -> s.getKind() == SignalKind.ANOMALY)
                .sorted(java.util.Comparator.comparingLong(Signal::getEventTime)).toList();
    }

    private static List<Signal> anomalies(List<Signal> signals) {
        return signals.stream().filter(s -> s.getKind() == SignalKind.ANOMALY).toList();
    }

    private List<EventBatch> normal(int from, int to) {
        List<EventBatch> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(batches.normal(at(i)));
        }
        return all;
    }

    /**
     * Within the window of that number, nanoseconds since the Unix epoch. Between two steps of the test there are many
     * windows: while it waits, live time goes on.
     */
    private long at(int window) {
        return (start + window * SECONDS * 1000L) * 1_000_000 + 1_000_000;
    }
}
