package io.kubeguardian.ml.train;

import io.kubeguardian.ml.member.ClustersMember;
import io.kubeguardian.ml.member.ForestMember;
import io.kubeguardian.ml.member.HistogramMember;
import io.kubeguardian.ml.member.SequenceMember;
import io.kubeguardian.ml.member.StatisticsMember;
import io.kubeguardian.ml.member.SvmMember;
import io.kubeguardian.schema.ModelFeature;
import java.io.Serializable;
import java.util.List;

/**
 * How a model is trained, and where its data is from.
 *
 * @param windowSeconds length of the windows; 0: whole traces
 * @param seed of everything that is drawn
 * @param folds in how many parts the data is divided to hold one back
 * @param members kinds that are tried
 * @param choose weigh the members by what they notice; false: all alike
 * @param sources what the data is, for the provenance
 * @param firstTime of the data, nanoseconds since the Unix epoch; 0: not known
 * @param lastTime likewise
 * @param now when it is trained, nanoseconds since the Unix epoch
 * @param network a team's own, which is not trained here but measured; null: none
 */
public record TrainingPlan(
        String name, String workload, int windowSeconds, long seed, int folds, List<String> members, boolean choose,
        List<String> sources, long firstTime, long lastTime, long now, Network network)
        implements Serializable {
    /**
     * A network that was trained elsewhere.
     *
     * @param file ONNX
     * @param features what it takes, in its order, as the record that it was trained beside has them
     */
    public record Network(byte[] file, List<BehaviourFeature> features) implements Serializable {}

    /** A feature, in a form that travels with a job. */
    public record BehaviourFeature(String name, double center, double spread) implements Serializable {}

    public TrainingPlan(
            String name, String workload, int windowSeconds, long seed, int folds, List<String> members, boolean choose,
            List<String> sources, long firstTime, long lastTime, long now) {
        this(name, workload, windowSeconds, seed, folds, members, choose, sources, firstTime, lastTime, now, null);
    }

    /** The same with a network in the place of members that are trained. */
    public TrainingPlan with(byte[] file, List<ModelFeature> features) {
        return new TrainingPlan(name, workload, windowSeconds, seed, folds, members, choose, sources, firstTime, lastTime,
                now, new Network(file, features.stream()
                        .map(f -> new BehaviourFeature(f.getName(), f.getCenter(), f.getSpread())).toList()));
    }

    /** Every kind that can be trained here. */
    public static final List<String> ALL_MEMBERS = List.of(SequenceMember.KIND, HistogramMember.KIND,
            StatisticsMember.KIND, SvmMember.KIND, ClustersMember.KIND, ForestMember.KIND);

    /** Of whole traces. */
    public static TrainingPlan ofTraces(String source, long seed, long now) {
        return new TrainingPlan("traces", "", 0, seed, 5, ALL_MEMBERS, true, List.of(source), 0, 0, now);
    }

    TrainingPlan forWorkload(String key, long first, long last) {
        return new TrainingPlan(name, key, windowSeconds, seed, folds, members, choose, sources, first, last, now,
                network);
    }
}
