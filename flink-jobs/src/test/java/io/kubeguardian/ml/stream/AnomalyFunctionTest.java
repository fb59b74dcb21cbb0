package io.kubeguardian.ml.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.ModelSettings;
import io.kubeguardian.detection.Types;
import io.kubeguardian.ml.Samples;
import io.kubeguardian.ml.train.Trainer;
import io.kubeguardian.ml.train.TrainingPlan;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // close() is declared as its superclass has it
class AnomalyFunctionTest {
    static final int SECONDS = 10;
    static final ModelSettings SETTINGS = new ModelSettings(true, SECONDS, 1, 5, 0.01, 0.55, 0.9, false, 3);
    private static final long START = 1_790_000_000_000L;
    private static final Path GOLDEN = Path.of("src/test/resources/golden/anomaly.v1.state");
    private static final boolean RECORD = Boolean.getBoolean("kubeguardian.states.record");

    private final Batches batches = new Batches(5);

    private static final class Harness
            extends KeyedTwoInputStreamOperatorTestHarness<String, WindowPart, BehaviourModel, Signal> {
        private Harness() throws Exception {
            super(new CoBroadcastWithKeyedOperator<>(new AnomalyFunction(SETTINGS, () -> 42L),
                    List.of(AnomalyFunction.MODELS)), WindowPart::key, null, BasicTypeInfo.STRING_TYPE_INFO, 1, 1, 0);
        }

        static Harness open(StateBackend backend, OperatorSubtaskState state) throws Exception {
            Harness harness = new Harness();
            harness.setStateBackend(backend);
            harness.setup(Types.SIGNAL.createSerializer(harness.getExecutionConfig().getSerializerConfig()));
            if (state != null) {
                harness.initializeState(state);
            }
            harness.open();
            harness.processWatermark2(Watermark.MAX_WATERMARK);
            return harness;
        }

        void model(BehaviourModel model) throws Exception {
            processElement2(new StreamRecord<>(model));
        }

        void window(int number, EventBatch batch) throws Exception {
            PartBuilder part = new PartBuilder(START + number * SECONDS * 1000L);
            part.add(Batches.use(batch));
            processElement1(part.build(), START + number * SECONDS * 1000L);
        }

        void until(int number) throws Exception {
            processWatermark1(new Watermark(START + number * SECONDS * 1000L + 1000));
        }
    }

    static BehaviourModel trained(String name, long seed) throws Exception {
        Batches batches = new Batches(seed);
        List<io.kubeguardian.ml.Behaviour> windows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            PartBuilder part = new PartBuilder(0);
            part.add(Batches.use(batches.normal(START * 1_000_000L)));
            windows.add(Windows.behaviour(List.of(part.build()), SECONDS));
        }
        BehaviourModel model = new Trainer(new TrainingPlan(name, "", SECONDS, 1, 3, TrainingPlan.ALL_MEMBERS, false,
                List.of("batches"), 0, 0, 1)).train(windows);
        model.setVersion(1);
        return model;
    }

    private EventBatch normal(int window) {
        return batches.normal((START + window * SECONDS * 1000L) * 1_000_000);
    }

    private EventBatch attack(int window) {
        return batches.attack((START + window * SECONDS * 1000L) * 1_000_000);
    }

    @Test
    void anAttackAfterEnoughWindowsIsToldWithModelVersionAndReasons() throws Exception {
        try (Harness harness = Harness.open(new EmbeddedRocksDBStateBackend(), null)) {
            harness.model(trained("behaviour", 1));
            harness.window(0, attack(0)); // nobody knows the workload yet
            for (int i = 1; i < 8; i++) {
                harness.window(i, normal(i));
            }
            harness.window(8, attack(8));
            harness.window(8, normal(8));

            harness.until(9);

            List<Signal> signals = harness.extractOutputValues();
            assertThat(signals).hasSize(1);
            Signal signal = signals.get(0);
            assertThat(signal.getKind()).isEqualTo(SignalKind.ANOMALY);
            assertThat(signal.getRule()).isEqualTo("anomaly.behaviour");
            assertThat(signal.getScore()).isGreaterThan(0.55);
            assertThat(signal.getPod().getName()).isEqualTo("orders-1");
            assertThat(signal.getContributions()).isNotEmpty();
            assertThat(signal.getOutput()).contains("orders behaved unusually").contains("version 1")
                    .contains("ready after 8 windows");
            assertThat(signal.getOutputFields()).containsKeys("kubeguardian.model.digest",
                    "kubeguardian.model.threshold").containsEntry("kubeguardian.model.state", "ready");
        }
    }

    @Test
    void aThresholdThatMovesLeavesARecordOfItsBoundsAndItsReason() throws Exception {
        try (Harness harness = Harness.open(new EmbeddedRocksDBStateBackend(), null)) {
            BehaviourModel model = trained("behaviour", 1);
            harness.model(model);
            for (int i = 0; i < 4; i++) { // nobody knows the workload yet: so it is
                harness.window(i, attack(i));
            }

            harness.until(4);

            List<ProfileAudit> moves = harness.getSideOutput(AnomalyFunction.AUDIT).stream()
                    .map(StreamRecord::getValue).toList();
            assertThat(moves).isNotEmpty().extracting(ProfileAudit::getId).doesNotHaveDuplicates();
            assertThat(moves).allSatisfy(move -> {
                assertThat(move.getEvent()).isEqualTo(ProfileEvent.BOUND_MOVED);
                assertThat(move.getWorkload().getName()).isEqualTo("orders");
                assertThat(move.getDetail()).contains("model behaviour version 1 (" + model.getDigest() + ")")
                        .contains("bounds 0.55 to 0.9").contains("1.000 %");
            });
            assertThat(moves.get(0).getDetail()).contains("from 0.550 to");
            assertThat(moves.get(0).getEventTime()).isEqualTo((START + SECONDS * 1000L) * 1_000_000);
        }
    }

    @Test
    void anotherModelTakesOverAndARetiredOneIsSilent() throws Exception {
        try (Harness harness = Harness.open(new EmbeddedRocksDBStateBackend(), null)) {
            BehaviourModel first = trained("behaviour", 1);
            harness.model(first);
            for (int i = 0; i < 6; i++) {
                harness.window(i, normal(i));
            }
            harness.until(6);
            BehaviourModel second = trained("behaviour", 2);
            second.setVersion(2);
            harness.model(second);

            harness.window(6, attack(6));
            harness.until(7);
            second.setRetired(true);
            harness.model(second);
            harness.window(7, attack(7));
            harness.until(8);

            assertThat(harness.extractOutputValues()).singleElement().satisfies(s ->
                    assertThat(s.getOutputFields()).containsEntry("kubeguardian.model.version", "2")
                            .containsEntry("kubeguardian.model.digest", second.getDigest()));
            assertThat(first.getDigest()).isNotEqualTo(second.getDigest());
        }
    }

    @Test
    void aWorkloadsOwnModelGoesBeforeTheOneForAll() throws Exception {
        try (Harness harness = Harness.open(new EmbeddedRocksDBStateBackend(), null)) {
            harness.model(trained("behaviour", 1));
            BehaviourModel own = Samples.model("behaviour", "prod/shop/Deployment/orders", SECONDS);
            harness.model(own);
            for (int i = 0; i < 6; i++) {
                harness.window(i, normal(i));
            }
            harness.window(6, attack(6));
            harness.until(7);

            assertThat(harness.extractOutputValues()).allSatisfy(s -> assertThat(s.getOutputFields())
                    .containsEntry("kubeguardian.model.workload", "prod/shop/Deployment/orders"));
        }
    }

    @Test
    void whatComesTooLateIsLeftOut() throws Exception {
        try (Harness harness = Harness.open(new EmbeddedRocksDBStateBackend(), null)) {
            harness.model(trained("behaviour", 1));
            for (int i = 0; i < 8; i++) {
                harness.window(i, normal(i));
            }
            harness.until(8);

            harness.window(7, attack(7));
            harness.until(9);

            assertThat(harness.extractOutputValues()).isEmpty();
        }
    }

    @Test
    void stateOfAWorkloadThatIsGoneGoes() throws Exception {
        try (Harness harness = Harness.open(new HashMapStateBackend(), null)) {
            harness.model(trained("behaviour", 1));
            harness.window(0, normal(0));
            harness.until(1);
            assertThat(harness.numKeyedStateEntries()).isPositive();

            harness.processWatermark1(new Watermark(START + 2 * AnomalyFunction.FORGET_MILLIS));

            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void stateOfTheFirstVersionIsStillUnderstood() throws Exception {
        if (RECORD) {
            try (Harness harness = Harness.open(new HashMapStateBackend(), null)) {
                harness.model(trained("behaviour", 1));
                for (int i = 0; i < 7; i++) {
                    harness.window(i, normal(i));
                }
                harness.until(6); // the last window is still open
                Files.createDirectories(GOLDEN.getParent());
                OperatorSnapshotUtil.writeStateHandle(harness.snapshot(1, 1), GOLDEN.toString());
            }
        }

        OperatorSubtaskState golden = OperatorSnapshotUtil.readStateHandle(GOLDEN.toString());
        try (Harness harness = Harness.open(new HashMapStateBackend(), golden)) {
            harness.window(7, attack(7));
            harness.until(8);

            assertThat(harness.extractOutputValues()).singleElement().satisfies(s ->
                    assertThat(s.getOutputFields()).containsEntry("kubeguardian.model.windows", "7"));
        }
    }
}
