package io.kubeguardian.ml.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl;
import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Features;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.schema.ModelFeature;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Small networks, written with ONNX's own protocol buffers and run by ONNX Runtime. */
class OnnxMemberTest {
    private static final Features FEATURES = new Features(List.of(
            new ModelFeature("rate.exec", 1.0, 0.5), new ModelFeature("rate.connect", 2.0, 1.0)));
    /** Two spreads above, and one below. */
    private static final Behaviour WINDOW = new Behaviour(
            Map.of("rate.exec", 2.0, "rate.connect", 1.0), Map.of(), new String[0], new int[0][]);

    @Test
    void aNetworkOfOneOutputSaysHowUnusual() throws Exception {
        OnnxMember member = OnnxMember.read(network(2, 1, new float[] {3, 0}), FEATURES);

        assertThat(member.raw(Member.Input.of(WINDOW, FEATURES))).isCloseTo(3 * 2.0, within(1e-5));
        assertThat(member.explain(Member.Input.of(WINDOW, FEATURES), 3)).singleElement().satisfies(c -> {
            assertThat(c.getName()).isEqualTo("rate.exec");
            assertThat(c.getReason()).contains("programs started").contains("2.0 spreads more");
        });
    }

    @Test
    void anAutoencoderIsJudgedByWhatItCannotReconstruct() throws Exception {
        OnnxMember member = OnnxMember.read(network(2, 2, new float[] {1, 0, 0, 0}), FEATURES);

        // Of (2, -1) it gives (2, 0) back.
        assertThat(member.raw(Member.Input.of(WINDOW, FEATURES))).isCloseTo(Math.sqrt(1 / 2.0), within(1e-5));
    }

    @Test
    void itsBytesGiveTheSameNetwork() throws Exception {
        OnnxMember member = OnnxMember.read(network(2, 1, new float[] {3, 1}), FEATURES);

        OnnxMember again = OnnxMember.read(member.payload(), FEATURES);

        assertThat(again.raw(Member.Input.of(WINDOW, FEATURES)))
                .isEqualTo(member.raw(Member.Input.of(WINDOW, FEATURES)));
    }

    @Test
    void whatIsNoFittingNetworkIsRefused() {
        assertRefused("is no ONNX model", "MZ not a network".getBytes(StandardCharsets.UTF_8));
        assertRefused("is no ONNX model", java.util.Arrays.copyOf(network(2, 1, new float[] {3, 0}), 60));
        assertRefused("takes 3 features, the record has 2", network(3, 1, new float[] {1, 1, 1}));
        assertRefused("has 3 outputs", network(2, 3, new float[6]));
        assertRefused("at most", new byte[OnnxMember.MOST_BYTES + 1]);
    }

    private static void assertRefused(String reason, byte[] file) {
        assertThatThrownBy(() -> OnnxMember.read(file, FEATURES)).isInstanceOf(ModelException.class)
                .hasMessageContaining(reason);
    }

    /** Y = X · W. */
    public static byte[] network(int inputs, int outputs, float[] weights) {
        OnnxMl.TensorProto.Builder matrix = OnnxMl.TensorProto.newBuilder().setName("W").setDataType(1)
                .addDims(inputs).addDims(outputs);
        for (float weight : weights) {
            matrix.addFloatData(weight);
        }
        return OnnxMl.ModelProto.newBuilder().setIrVersion(7)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(13))
                .setGraph(OnnxMl.GraphProto.newBuilder().setName("linear").addInitializer(matrix)
                        .addInput(tensor("X", inputs)).addOutput(tensor("Y", outputs))
                        .addNode(OnnxMl.NodeProto.newBuilder().setOpType("MatMul").addInput("X").addInput("W")
                                .addOutput("Y")))
                .build().toByteArray();
    }

    private static OnnxMl.ValueInfoProto tensor(String name, int width) {
        return OnnxMl.ValueInfoProto.newBuilder().setName(name).setType(OnnxMl.TypeProto.newBuilder().setTensorType(
                OnnxMl.TypeProto.Tensor.newBuilder().setElemType(1).setShape(OnnxMl.TensorShapeProto.newBuilder()
                        .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("n"))
                        .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(width))))).build();
    }
}
