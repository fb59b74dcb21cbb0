package io.kubeguardian.ml.train;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Calibration;
import io.kubeguardian.ml.Features;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.ml.ModelRecords;
import io.kubeguardian.ml.Ranking;
import io.kubeguardian.ml.member.OnnxMember;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.ModelFeature;
import io.kubeguardian.schema.ModelMember;
import io.kubeguardian.schema.ModelProvenance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes a model of normal windows and of nothing else. Everything that is chosen (order and discount of the sequence
 * member, which members there are and what they weigh) is chosen on windows held back by {@link Groups}, with distorted ones
 * ({@link Distortion}) in the place of attacks. The protocol stands in docs/models.md.
 */
public final class Trainer {
    /** Fewer windows say nothing about what is usual. */
    public static final int LEAST_WINDOWS = 30;
    /** Most windows that a model is trained on; of more, as many are drawn. */
    public static final int MOST_WINDOWS = 4000;

    private static final int ROUNDS = 10;

    private final TrainingPlan plan;

    public Trainer(TrainingPlan plan) {
        this.plan = plan;
    }

    /** What the members said of windows that they had not seen. */
    private static final class HeldBack {
        final double[] normal;
        final double[] distorted;

        HeldBack(int windows) {
            normal = new double[windows];
            distorted = new double[windows];
        }

        double auroc() {
            return Ranking.auroc(finite(normal), finite(distorted));
        }
    }

    /**
     * Members that can judge none of the windows (of their data there is none in them) are left out.
     *
     * @throws ModelException when there are too few windows, or no member can judge any
     */
    public BehaviourModel train(List<Behaviour> windows) throws ModelException {
        List<Behaviour> data = drawn(windows);
        if (data.size() < LEAST_WINDOWS) {
            throw new ModelException("there are " + data.size() + " windows to learn from, at least " + LEAST_WINDOWS
                    + " are needed");
        }
        if (plan.network() != null) {
            return measured(data);
        }
        int[] folds = Groups.folds(data, plan.folds(), plan.seed());
        SequenceChoice sequence = SequenceChoice.of(data, folds, plan);
        Map<String, HeldBack> heldBack = heldBack(data, folds, sequence);
        if (heldBack.isEmpty()) {
            throw new ModelException("of " + data.size() + " windows " + String.join(", ", plan.members()) + " could judge none");
        }
        Map<String, Double> weights = weights(heldBack);

        Features features = Features.of(data);
        List<ModelMember> members = new ArrayList<>();
        for (Map.Entry<String, Double> weight : weights.entrySet()) {
            TrainedMember trained = TrainedMember.of(weight.getKey(), data, features, sequence, plan.seed());
            members.add(new ModelMember(weight.getKey(), weight.getValue(),
                    Calibration.of(finite(heldBack.get(weight.getKey()).normal)).quantiles(),
                    ModelRecords.pieces(trained.payload())));
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        heldBack.forEach((kind, scores) -> metrics.put("distorted.auroc." + kind, scores.auroc()));
        metrics.put("distorted.auroc", combinedAuroc(heldBack, weights));
        metrics.put("sequence.nats_per_call", sequence.usual());
        return record(data, features, members, metrics, Map.of("folds", Integer.toString(plan.folds()),
                "sequence.order", Integer.toString(sequence.order()),
                "sequence.discount", Double.toString(sequence.discount())));
    }

    /** A network that was trained elsewhere: what it says of these windows is what its scores are measured by. */
    private BehaviourModel measured(List<Behaviour> data) throws ModelException {
        Features features = new Features(plan.network().features().stream()
                .map(f -> new ModelFeature(f.name(), f.center(), f.spread())).toList());
        OnnxMember member = OnnxMember.read(plan.network().file(), features);
        double[] scores = finite(data.stream().mapToDouble(b -> member.raw(Member.Input.of(b, features))).toArray());
        if (scores.length == 0) {
            throw new ModelException("the network gives no number for any window");
        }
        return record(data, features, List.of(new ModelMember(OnnxMember.KIND, 1.0, Calibration.of(scores).quantiles(),
                ModelRecords.pieces(member.payload()))), Map.of(), Map.of());
    }

    private List<Behaviour> drawn(List<Behaviour> windows) {
        if (windows.size() <= MOST_WINDOWS) {
            return windows;
        }
        List<Behaviour> shuffled = new ArrayList<>(windows);
        java.util.Collections.shuffle(shuffled, new java.util.Random(plan.seed()));
        return List.copyOf(shuffled.subList(0, MOST_WINDOWS));
    }

    private Map<String, HeldBack> heldBack(List<Behaviour> data, int[] folds, SequenceChoice sequence) {
        Map<String, HeldBack> all = new LinkedHashMap<>();
        plan.members().forEach(kind -> all.put(kind, new HeldBack(data.size())));
        Distortion distortion = new Distortion(data, new SplittableRandom(plan.seed()));
        List<Behaviour> distorted = data.stream().map(distortion::of).toList();
        for (int fold = 0; fold < plan.folds(); fold++) {
            List<Behaviour> rest = new ArrayList<>();
            for (int i = 0; i < folds.length; i++) {
                if (folds[i] != fold) {
                    rest.add(data.get(i));
                }
            }
            if (rest.isEmpty() || rest.size() == data.size()) {
                continue;
            }
            Features features = Features.of(rest);
            for (Map.Entry<String, HeldBack> kind : all.entrySet()) {
                Member member = TrainedMember.of(kind.getKey(), rest, features, sequence, plan.seed()).member();
                for (int i = 0; i < folds.length; i++) {
                    if (folds[i] == fold) {
                        kind.getValue().normal[i] = member.raw(Member.Input.of(data.get(i), features));
                        kind.getValue().distorted[i] = member.raw(Member.Input.of(distorted.get(i), features));
                    }
                }
            }
        }
        all.values().removeIf(scores -> finite(scores.normal).length == 0); // no sequences, or no histograms
        return all;
    }

    /**
     * Members are taken one after the other, each as often as that makes the whole tell more of the distorted windows apart
     * (ensemble selection with replacement: Caruana et al. 2004).
     */
    private Map<String, Double> weights(Map<String, HeldBack> heldBack) {
        Map<String, Double> weights = new LinkedHashMap<>();
        if (!plan.choose()) {
            heldBack.keySet().forEach(kind -> weights.put(kind, 1.0));
            return weights;
        }
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String taken = null;
            for (String kind : heldBack.keySet()) {
                Map<String, Double> tried = new LinkedHashMap<>(weights);
                tried.merge(kind, 1.0, Double::sum);
                double auroc = combinedAuroc(heldBack, tried);
                if (auroc > best + 1e-4) {
                    best = auroc;
                    taken = kind;
                }
            }
            if (taken == null) {
                break;
            }
            weights.merge(taken, 1.0, Double::sum);
        }
        return weights;
    }

    private static double combinedAuroc(Map<String, HeldBack> heldBack, Map<String, Double> weights) {
        int windows = heldBack.values().iterator().next().normal.length;
        double[] normal = new double[windows];
        double[] distorted = new double[windows];
        weights.forEach((kind, weight) -> {
            HeldBack scores = heldBack.get(kind);
            Calibration calibration = Calibration.of(finite(scores.normal));
            for (int i = 0; i < windows; i++) {
                normal[i] += weight * level(calibration, scores.normal[i]);
                distorted[i] += weight * level(calibration, scores.distorted[i]);
            }
        });
        return Ranking.auroc(normal, distorted);
    }

    private static double level(Calibration calibration, double raw) {
        return Double.isFinite(raw) ? calibration.level(raw) : 0.5;
    }

    private static double[] finite(double[] scores) {
        return Arrays.stream(scores).filter(Double::isFinite).toArray();
    }

    private BehaviourModel record(
            List<Behaviour> data, Features features, List<ModelMember> members, Map<String, Double> metrics,
            Map<String, String> parameters) {
        ModelProvenance provenance = new ModelProvenance(plan.sources(), ModelRecords.digest(data), (long) data.size(),
                plan.firstTime(), plan.lastTime(), plan.now(), plan.seed(), "kubeguardian", parameters, metrics);
        BehaviourModel record = BehaviourModel.newBuilder()
                .setName(plan.name()).setWorkload(plan.workload()).setDigest("").setVersion(0)
                .setWindowSeconds(plan.windowSeconds()).setFeatureVersion(Features.VERSION)
                .setFeatures(features.list()).setMembers(members).setProvenance(provenance).build();
        record.setDigest(ModelRecords.digest(record));
        return record;
    }
}
