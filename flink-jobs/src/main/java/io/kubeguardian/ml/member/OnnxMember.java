package io.kubeguardian.ml.member;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.kubeguardian.ml.Explanations;
import io.kubeguardian.ml.Features;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.schema.Contribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tribuo.interop.onnx.DenseTransformer;
import org.tribuo.interop.onnx.ONNXExternalModel;
import org.tribuo.interop.onnx.RegressorTransformer;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;

/**
 * A team's own network, as ONNX, run by Tribuo's ONNX support. Input: the features' distances from usual in the order of
 * the record, float[n, features]. Output, float[n, 1]: how unusual; or float[n, features]: the input as the network
 * reconstructs it, of which the root mean square error is how unusual (an autoencoder).
 */
public final class OnnxMember implements Member {
    /** The member's name in records. */
    public static final String KIND = "onnx";
    /** Largest file. */
    public static final int MOST_BYTES = 4 << 20;

    private final byte[] file;
    private final ONNXExternalModel<Regressor> model;
    private final int outputs;

    private OnnxMember(byte[] file, ONNXExternalModel<Regressor> model, int outputs) {
        this.file = file;
        this.model = model;
        this.outputs = outputs;
    }

    /** @throws ModelException when the bytes are no ONNX model, or one of another shape */
    public static OnnxMember read(byte[] file, Features features) throws ModelException {
        if (file.length > MOST_BYTES) {
            throw new ModelException("the onnx member has " + file.length + " bytes, at most " + MOST_BYTES);
        }
        try {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            String input;
            int outputs;
            try (OrtSession session = environment.createSession(file, options())) {
                input = only("input", session.getInputInfo(), features.size());
                Map<String, NodeInfo> all = session.getOutputInfo();
                only("output", all, 0);
                outputs = width("output", all.values().iterator().next());
            }
            if (outputs != 1 && outputs != features.size()) {
                throw new ModelException("the onnx member has " + outputs + " outputs, must be 1 or as many as features ("
                        + features.size() + ")");
            }
            return new OnnxMember(file, tribuo(file, input, outputs, features), outputs);
        } catch (OrtException e) {
            throw new ModelException("the onnx member is no ONNX model that can be run: " + e.getMessage(), e);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
            throw new ModelException("ONNX Runtime has no library for this machine: " + e.getMessage(), e);
        }
    }

    private static OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1); // the job's parallelism is Flink's matter
        options.setInterOpNumThreads(1);
        return options;
    }

    private static ONNXExternalModel<Regressor> tribuo(byte[] file, String input, int outputs, Features features)
            throws OrtException {
        Map<String, Integer> inputs = new HashMap<>();
        for (int i = 0; i < features.size(); i++) {
            inputs.put(features.name(i), i);
        }
        Map<Regressor, Integer> names = new HashMap<>();
        for (int i = 0; i < outputs; i++) {
            names.put(new Regressor.DimensionTuple(name(i), Double.NaN), i);
        }
        Path path = null;
        try {
            path = Files.createTempFile("kubeguardian-model-", ".onnx"); // Tribuo reads files only
            Files.write(path, file);
            return ONNXExternalModel.createOnnxModel(new RegressionFactory(), inputs, names, new DenseTransformer(),
                    new RegressorTransformer(), options(), path, input);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the ONNX model to a temporary file", e);
        } finally {
            if (path != null) {
                path.toFile().delete();
            }
        }
    }

    private static String name(int output) {
        return String.format("o%05d", output); // Tribuo sorts outputs by name
    }

    private static String only(String what, Map<String, NodeInfo> nodes, int width) throws ModelException {
        if (nodes.size() != 1) {
            throw new ModelException("the onnx member has " + nodes.size() + " " + what + "s, must be one");
        }
        Map.Entry<String, NodeInfo> node = nodes.entrySet().iterator().next();
        int found = width(what, node.getValue());
        if (width > 0 && found != width) {
            throw new ModelException("the onnx member takes " + found + " features, the record has " + width);
        }
        return node.getKey();
    }

    private static int width(String what, NodeInfo node) throws ModelException {
        if (!(node.getInfo() instanceof TensorInfo tensor) || tensor.getShape().length != 2 || tensor.getShape()[1] < 1) {
            throw new ModelException("the onnx member's " + what + " is no float[n, width] but " + node.getInfo());
        }
        return (int) tensor.getShape()[1];
    }

    @Override
    public double raw(Input input) {
        double[] found = model.predict(Tribuo.example(new Regressor(name(0), Double.NaN), input)).getOutput().getValues();
        if (outputs == 1) {
            return found[0];
        }
        double sum = 0;
        for (int i = 0; i < found.length; i++) {
            double away = found[i] - input.z()[i];
            sum += away * away;
        }
        return Math.sqrt(sum / found.length);
    }

    @Override
    public List<Contribution> explain(Input input, int most) {
        return Explanations.byOcclusion(this, input, most);
    }

    /** As {@link #read} takes it. */
    public byte[] payload() {
        return file.clone();
    }
}
