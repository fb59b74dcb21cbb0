package io.kubeguardian.ml.member;

import io.kubeguardian.ml.Explanations;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.schema.Contribution;
import java.util.List;
import org.tribuo.anomaly.AnomalyFactory;
import org.tribuo.anomaly.Event;
import org.tribuo.anomaly.libsvm.LibSVMAnomalyModel;
import org.tribuo.anomaly.libsvm.LibSVMAnomalyTrainer;
import org.tribuo.anomaly.libsvm.SVMAnomalyType;
import org.tribuo.common.libsvm.KernelType;
import org.tribuo.common.libsvm.SVMParameters;

/** Tribuo's one-class SVM (Schölkopf et al. 2001) with a Gaussian kernel: how far outside of the learned region. */
public final class SvmMember implements Member {
    /** The member's name in records. */
    public static final String KIND = "one-class-svm";

    /** Share of the training windows that may lie outside. */
    private static final double NU = 0.05;

    private final LibSVMAnomalyModel model;

    private SvmMember(LibSVMAnomalyModel model) {
        this.model = model;
    }

    /** @param data of the same features; at least one window */
    public static SvmMember train(List<Input> data, long seed) {
        var set = Tribuo.dataset(new AnomalyFactory());
        data.forEach(input -> set.add(Tribuo.example(AnomalyFactory.EXPECTED_EVENT, input)));
        SVMParameters<Event> parameters =
                new SVMParameters<>(new SVMAnomalyType(SVMAnomalyType.SVMMode.ONE_CLASS), KernelType.RBF);
        parameters.setGamma(1.0 / Math.max(1, data.get(0).features().size())); // libsvm's own default
        parameters.setNu(NU);
        return new SvmMember((LibSVMAnomalyModel) new LibSVMAnomalyTrainer(parameters, seed).train(set));
    }

    @Override
    public double raw(Input input) {
        return -model.predict(Tribuo.example(AnomalyFactory.EXPECTED_EVENT, input)).getOutput().getScore();
    }

    @Override
    public List<Contribution> explain(Input input, int most) {
        return Explanations.byOcclusion(this, input, most);
    }

    /** As {@link #read} takes it. */
    public byte[] payload() {
        return Tribuo.bytes(model);
    }

    /** @throws ModelException when the bytes are no such member */
    public static SvmMember read(byte[] payload) throws ModelException {
        return new SvmMember(Tribuo.read(KIND, LibSVMAnomalyModel.class, payload));
    }
}
