package io.kubeguardian.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.kubeguardian.ml.member.StatisticsMember;
import io.kubeguardian.ml.train.Trainer;
import io.kubeguardian.ml.train.TrainingPlan;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.ModelMember;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tribuo.protos.core.ModelProto;

class ModelTest {
    private static final BehaviourModel TRAINED = Samples.model("behaviour", "", 60);

    @Test
    void anAttackIsMoreUnusualThanEveryNormalWindowAndTheScoreSaysWhy() throws Exception {
        // Given a model with every member, after its way through bytes
        AvroCodec<BehaviourModel> codec = AvroCodec.of(BehaviourModel.class);
        Model model = Model.read(codec.decode(codec.encode(TRAINED)), false);

        // When it scores an attack and normal windows that it has not seen
        Score attack = model.score(Samples.attack(), null);
        List<Score> normal = Samples.normal(40, 99).stream().map(window -> model.score(window, null)).toList();

        // Then the attack is above all of them, in words
        assertThat(TRAINED.getMembers()).extracting(ModelMember::getKind).containsExactlyInAnyOrderElementsOf(
                TrainingPlan.ALL_MEMBERS);
        assertThat(attack.score()).isGreaterThan(normal.stream().mapToDouble(Score::score).max().orElseThrow());
        assertThat(attack.score()).isBetween(0.6, 1.0);
        assertThat(attack.contributions()).hasSizeBetween(1, Model.MOST_CONTRIBUTIONS);
        assertThat(attack.contributions()).allSatisfy(c -> assertThat(c.getReason()).isNotBlank());
        assertThat(attack.contributions().stream().mapToDouble(c -> c.getWeight()).sum()).isLessThanOrEqualTo(1.0001);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sequence", "histogram", "statistics", "one-class-svm", "clusters", "forest"})
    void everyMemberAloneTellsTheAttackAndSurvivesItsBytes(String kind) throws Exception {
        TrainingPlan plan = new TrainingPlan("one", "", 60, 7, 3, List.of(kind), false, List.of("samples"), 0, 0, 1);
        Model model = Model.read(Samples.model(plan, Samples.normal(60, 1)), false);

        double attack = model.level(Samples.attack());
        double[] normal = Samples.normal(40, 99).stream().mapToDouble(model::level).toArray();

        assertThat(attack).isGreaterThan(Arrays.stream(normal).average().orElseThrow());
        assertThat(model.score(Samples.attack(), null).contributions()).isNotEmpty();
    }

    @Test
    void trainingTwiceGivesTheSameScores() throws Exception {
        Model again = Model.read(Samples.model("behaviour", "", 60), false);

        assertThat(again.level(Samples.attack())).isEqualTo(Model.read(TRAINED, false).level(Samples.attack()));
    }

    @Test
    void itIsKnownWhereAModelComesFrom() {
        assertThat(TRAINED.getProvenance().getSources()).containsExactly("samples");
        assertThat(TRAINED.getProvenance().getWindows()).isEqualTo(60);
        assertThat(TRAINED.getProvenance().getSeed()).isEqualTo(7);
        assertThat(TRAINED.getProvenance().getDataDigest()).startsWith("sha256:");
        assertThat(TRAINED.getProvenance().getMetrics()).containsKeys("distorted.auroc", "distorted.auroc.forest");
    }

    @Test
    void fewWindowsTeachNothing() {
        TrainingPlan plan = TrainingPlan.ofTraces("few", 1, 1);

        assertThatThrownBy(() -> new Trainer(plan).train(Samples.normal(29, 1)))
                .isInstanceOf(ModelException.class).hasMessageContaining("29 windows").hasMessageContaining("30");
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                hostile("its name", m -> m.setName("../etc")),
                hostile("features are of version 99", m -> m.setFeatureVersion(99)),
                hostile("its windows have -1 s", m -> m.setWindowSeconds(-1)),
                hostile("no name of a feature", m -> feature(m).setName("a.b.c.d")),
                hostile("and spread 0.0", m -> feature(m).setSpread(0)),
                hostile("and spread NaN", m -> feature(m).setSpread(Double.NaN)),
                hostile("stands twice", m -> m.setFeatures(List.of(feature(m), feature(m)))),
                hostile("0 members", m -> m.setMembers(List.of())),
                hostile("weighs NaN", m -> member(m, "forest").setWeight(Double.NaN)),
                hostile("not of ascending numbers", m -> member(m, "forest").setCalibration(List.of(2.0, 1.0))),
                hostile("not of ascending numbers", m -> member(m, "forest").setCalibration(List.of(Double.NaN))),
                hostile("0 numbers", m -> member(m, "forest").setCalibration(List.of())),
                hostile("nothing is known of a member of kind evil", m -> member(m, "forest").setKind("evil")),
                hostile("models.onnx", m -> member(m, "forest").setKind("onnx")),
                hostile("one-class-svm member", m -> payload(m, "one-class-svm", Arrays.copyOf(bytes(m, "one-class-svm"), 50))),
                hostile("sequence member ends early", m -> payload(m, "sequence", Arrays.copyOf(bytes(m, "sequence"), 40))),
                hostile("the histogram member", m -> payload(m, "histogram", new byte[] {1, 2, 3})),
                hostile("takes none", m -> payload(m, "statistics", new byte[] {1})),
                hostile("more than", m -> payload(m, "clusters", bomb())),
                hostile("the clusters member", m -> payload(m, "clusters", serialized())),
                hostile("foreign class java.util.HashMap", m -> payload(m, "clusters", naming("java.util.HashMap"))),
                hostile("foreign class com.evil.gadget.Chain",
                        m -> payload(m, "forest", naming("com.evil.gadget.Chain"))),
                hostile("foreign class com.evil.inner.Chain", m -> payload(m, "forest", nested("com.evil.inner.Chain"))),
                hostile("is a org.tribuo.anomaly", m -> payload(m, "clusters", bytes(m, "one-class-svm"))));
    }

    private static Arguments hostile(String reason, Consumer<BehaviourModel> change) {
        return Arguments.of(reason, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void whatCannotBeUsedIsRefusedInOneLine(String reason, Consumer<BehaviourModel> change) throws Exception {
        AvroCodec<BehaviourModel> codec = AvroCodec.of(BehaviourModel.class);
        BehaviourModel changed = codec.decode(codec.encode(TRAINED));
        change.accept(changed);
        changed.setDigest(ModelRecords.digest(changed));

        assertThatThrownBy(() -> Model.read(changed, false))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void aChangedRecordIsNotItsDigests() throws Exception {
        AvroCodec<BehaviourModel> codec = AvroCodec.of(BehaviourModel.class);
        BehaviourModel changed = codec.decode(codec.encode(TRAINED));
        member(changed, "forest").setWeight(3);

        assertThatThrownBy(() -> Model.read(changed, false)).isInstanceOf(ModelException.class)
                .hasMessageContaining("digest");
    }

    @Test
    void anEmptyWindowIsNoAnomaly() throws Exception {
        Model model = Model.read(TRAINED, false);

        Score score = model.score(new Behaviour(Map.of(), Map.of(), new String[0], new int[0][]), null);

        assertThat(score.score()).isBetween(0.0, 1.0);
    }

    @Test
    void whatIsUsualOfLateIsNoAnomalyForTheStatistics() throws Exception {
        // Given a workload that has long done what training did not see
        TrainingPlan plan = new TrainingPlan(
                "one", "", 60, 7, 3, List.of(StatisticsMember.KIND), false, List.of("samples"), 0, 0, 1);
        Model model = Model.read(Samples.model(plan, Samples.normal(60, 1)), false);
        Moving moving = new Moving();
        for (int i = 0; i < 60; i++) {
            model.learn(Samples.attack(), moving);
        }

        // When it does so again; and another workload for the first time
        double known = model.score(Samples.attack(), moving).level();
        double first = model.score(Samples.attack(), new Moving()).level();

        // Then it is unusual for the other one alone
        assertThat(known).isLessThan(1);
        assertThat(first).isGreaterThan(1);
    }

    private static io.kubeguardian.schema.ModelFeature feature(BehaviourModel model) {
        return model.getFeatures().get(0);
    }

    private static ModelMember member(BehaviourModel model, String kind) {
        return model.getMembers().stream().filter(m -> m.getKind().equals(kind)).findFirst().orElseThrow();
    }

    private static byte[] bytes(BehaviourModel model, String kind) {
        return ModelRecords.payload(member(model, kind));
    }

    private static void payload(BehaviourModel model, String kind, byte[] bytes) {
        member(model, kind).setPayload(new ArrayList<>(List.of(ByteBuffer.wrap(bytes))));
    }

    /** A few kilobytes that inflate to 64 MiB. */
    private static byte[] bomb() {
        return deflated(out -> {
            out.writeInt(32 << 20);
            for (int i = 0; i < 1024; i++) {
                out.write(new byte[64 << 10]);
            }
        });
    }

    private interface Content {
        void write(DataOutputStream out) throws Exception;
    }

    private static byte[] deflated(Content content) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
                content.write(out);
            }
            return bytes.toByteArray();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A Java object where a protocol buffer belongs. */
    private static byte[] serialized() {
        return deflated(out -> {
            ByteArrayOutputStream object = new ByteArrayOutputStream();
            try (ObjectOutputStream objects = new ObjectOutputStream(object)) {
                objects.writeObject(new java.util.HashMap<>(Map.of("a", "b")));
            }
            out.writeInt(object.size());
            out.write(object.toByteArray());
        });
    }

    private static byte[] naming(String className) {
        byte[] proto = ModelProto.newBuilder().setVersion(0).setClassName(className).build().toByteArray();
        return withLength(proto);
    }

    /** The name stands inside of a real model's own data. */
    private static byte[] nested(String className) {
        byte[] plain = plain(bytes(TRAINED, "forest"));
        try {
            ModelProto model = ModelProto.parseFrom(plain);
            ByteString inner = ModelProto.newBuilder().setClassName(className).build().toByteString();
            var data = model.getSerializedData().toBuilder()
                    .setValue(model.getSerializedData().getValue().concat(ByteString.copyFrom(new byte[] {0x7A,
                        (byte) inner.size()})).concat(inner));
            return withLength(model.toBuilder().setSerializedData(data).build().toByteArray());
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] withLength(byte[] proto) {
        return deflated(out -> {
            out.writeInt(proto.length);
            out.write(proto);
        });
    }

    private static byte[] plain(byte[] payload) {
        try (DataInputStream in = new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(payload)))) {
            return in.readNBytes(in.readInt());
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
