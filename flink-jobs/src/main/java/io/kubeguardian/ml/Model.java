package io.kubeguardian.ml;

import io.kubeguardian.ml.member.Members;
import io.kubeguardian.ml.member.StatisticsMember;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.ModelMember;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model that scores: the members of a record, read and checked. A score is the weighted mean of the members'
 * {@link Calibration} levels. Several threads use the same one.
 */
public final class Model {
    /** Most contributions of a score. */
    static final int MOST_CONTRIBUTIONS = 5;
    private static final int OF_EACH_MEMBER = 3;

    private record Part(String kind, double weight, Calibration calibration, Member member) {}

    private final BehaviourModel record;
    private final Features features;
    private final List<Part> parts = new ArrayList<>();

    private Model(BehaviourModel record) {
        this.record = record;
        this.features = new Features(record.getFeatures());
    }

    /**
     * Reads a record and checks everything that it claims.
     *
     * @param onnx whether networks of others may be run
     * @throws ModelException with one line that says why it is refused
     */
    public static Model read(BehaviourModel record, boolean onnx) throws ModelException {
        ModelRecords.check(record);
        Model model = new Model(record);
        for (ModelMember member : record.getMembers()) {
            byte[] payload = ModelRecords.payload(member);
            model.parts.add(new Part(member.getKind(), member.getWeight(), Calibration.of(member.getCalibration()),
                    Members.read(member.getKind(), payload, model.features, onnx)));
        }
        try {
            model.score(new Behaviour(Map.of(), Map.of("read", 1L), new String[] {"read"}, new int[][] {{0}}), null);
        } catch (RuntimeException e) { // a member that was read but does not fit the record's features
            throw new ModelException("it cannot score: " + e, e);
        }
        return model;
    }

    public BehaviourModel record() {
        return record;
    }

    public Features features() {
        return features;
    }

    /**
     * @param moving what has been usual of late for whom this is; null: nothing is known of that
     * @return with a level of 0 when no member can say anything
     */
    public Score score(Behaviour behaviour, Moving moving) {
        Member.Input input = Member.Input.of(behaviour, features);
        double[] levels = new double[parts.size()];
        double level = level(input, moving, levels);
        return new Score(level, Score.score(level), explain(input, moving, levels));
    }

    /** The level alone, without words. */
    public double level(Behaviour behaviour) {
        return level(Member.Input.of(behaviour, features), null, new double[parts.size()]);
    }

    /** A window has been: it is usual from now on, as far as the weight of one window goes. */
    public void learn(Behaviour behaviour, Moving moving) {
        moving.add(Member.Input.of(behaviour, features).z());
    }

    private double level(Member.Input input, Moving moving, double[] levels) {
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < levels.length; i++) {
            Part part = parts.get(i);
            double raw = part.member.raw(inputOf(part, input, moving));
            if (Double.isFinite(raw)) {
                levels[i] = part.calibration.level(raw);
                sum += part.weight * levels[i];
                weights += part.weight;
            }
        }
        return weights == 0 ? 0 : sum / weights;
    }

    private static Member.Input inputOf(Part part, Member.Input input, Moving moving) {
        return moving != null && part.member instanceof StatisticsMember
                ? input.with(moving.tempered(input.z())) : input;
    }

    private List<Contribution> explain(Member.Input input, Moving moving, double[] levels) {
        double all = 0;
        for (int i = 0; i < levels.length; i++) {
            all += parts.get(i).weight * levels[i];
        }
        Map<String, Contribution> merged = new HashMap<>();
        for (int i = 0; i < levels.length; i++) {
            Part part = parts.get(i);
            double share = all == 0 ? 0 : part.weight * levels[i] / all;
            if (share == 0) {
                continue;
            }
            for (Contribution own : part.member.explain(inputOf(part, input, moving), OF_EACH_MEMBER)) {
                own.setWeight(own.getWeight() * share);
                merged.merge(own.getName(), own, Model::heavier);
            }
        }
        return merged.values().stream().sorted((a, b) -> Double.compare(b.getWeight(), a.getWeight()))
                .limit(MOST_CONTRIBUTIONS).toList();
    }

    private static Contribution heavier(Contribution a, Contribution b) {
        Contribution heavier = a.getWeight() >= b.getWeight() ? a : b;
        heavier.setWeight(a.getWeight() + b.getWeight());
        return heavier;
    }
}
