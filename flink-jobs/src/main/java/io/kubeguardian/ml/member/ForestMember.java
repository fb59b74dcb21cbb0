package io.kubeguardian.ml.member;

import io.kubeguardian.ml.Explanations;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.schema.Contribution;
import java.util.List;
import java.util.SplittableRandom;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.dtree.CARTClassificationTrainer;
import org.tribuo.classification.ensemble.FullyWeightedVotingCombiner;
import org.tribuo.common.tree.RandomForestTrainer;
import org.tribuo.ensemble.WeightedEnsembleModel;

/**
 * Tribuo's random forest, taught to tell windows as they are from windows in which each feature is another window's
 * (Breiman's unsupervised forest; Shi and Horvath 2006; Hastie et al. 2009, section 14.2.4). Its share of votes for the latter is
 * high where features do not go together as they always did, though each by itself is usual: what a distance from a
 * centre does not see, and an isolation forest, which Tribuo has not, sees no better. No feature's scale matters.
 */
public final class ForestMember implements Member {
    /** The member's name in records. */
    public static final String KIND = "forest";

    private static final String REAL = "real";
    private static final String MIXED = "mixed";
    private static final int TREES = 30;
    private static final int DEPTH = 8;
    /** Most windows: a tree gets no better by more, only larger. */
    private static final int MOST_WINDOWS = 1000;

    private final WeightedEnsembleModel<Label> model;

    private ForestMember(WeightedEnsembleModel<Label> model) {
        this.model = model;
    }

    /** @param data of the same features; at least one window */
    public static ForestMember train(List<Input> data, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        var set = Tribuo.dataset(new LabelFactory());
        int windows = Math.min(MOST_WINDOWS, data.size());
        for (int i = 0; i < windows; i++) {
            Input real = data.get(windows == data.size() ? i : random.nextInt(data.size()));
            double[] mixed = new double[real.z().length];
            for (int feature = 0; feature < mixed.length; feature++) {
                mixed[feature] = data.get(random.nextInt(data.size())).z()[feature];
            }
            set.add(Tribuo.example(new Label(REAL), real));
            set.add(Tribuo.example(new Label(MIXED), real, mixed));
        }
        float share = (float) Math.max(1.0 / mixedFeatures(data), 1 / Math.sqrt(mixedFeatures(data)));
        return new ForestMember((WeightedEnsembleModel<Label>) new RandomForestTrainer<>(
                new CARTClassificationTrainer(DEPTH, share, seed), new FullyWeightedVotingCombiner(), TREES, seed)
                .train(set));
    }

    private static int mixedFeatures(List<Input> data) {
        return Math.max(1, data.get(0).features().size());
    }

    @Override
    public double raw(Input input) {
        Label mixed = model.predict(Tribuo.example(new Label(REAL), input)).getOutputScores().get(MIXED);
        return mixed == null ? 0 : mixed.getScore();
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
    @SuppressWarnings("unchecked")
    public static ForestMember read(byte[] payload) throws ModelException {
        WeightedEnsembleModel<?> model = Tribuo.read(KIND, WeightedEnsembleModel.class, payload);
        if (!model.getOutputIDInfo().getDomain().contains(new Label(MIXED))) {
            throw new ModelException("the " + KIND + " member has no label " + MIXED);
        }
        return new ForestMember((WeightedEnsembleModel<Label>) model);
    }
}
