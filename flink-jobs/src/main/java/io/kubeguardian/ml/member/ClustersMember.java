package io.kubeguardian.ml.member;

import io.kubeguardian.ml.Explanations;
import io.kubeguardian.ml.Features;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.schema.Contribution;
import java.util.List;
import org.tribuo.clustering.ClusteringFactory;
import org.tribuo.clustering.kmeans.KMeansModel;
import org.tribuo.clustering.kmeans.KMeansTrainer;
import org.tribuo.math.distance.DistanceType;

/** Distance from the nearest of Tribuo's k-means clusters, with k-means++ (Arthur and Vassilvitskii 2007). */
public final class ClustersMember implements Member {
    /** The member's name in records. */
    public static final String KIND = "clusters";

    private static final int MOST_CLUSTERS = 32;
    private static final int ROUNDS = 30;

    private final KMeansModel model;
    /** In the order of the features. */
    private final double[][] centroids;

    private ClustersMember(KMeansModel model, Features features) {
        this.model = model;
        this.centroids = new double[model.getCentroids().size()][features.size()];
        for (int cluster = 0; cluster < centroids.length; cluster++) {
            java.util.Map<String, Double> values = new java.util.HashMap<>();
            model.getCentroids().get(cluster).forEach(f -> values.put(f.getName(), f.getValue()));
            for (int i = 0; i < features.size(); i++) {
                centroids[cluster][i] = values.getOrDefault(features.name(i), 0.0);
            }
        }
    }

    /** @param data of the same features; at least one window */
    public static ClustersMember train(List<Input> data, long seed) {
        var set = Tribuo.dataset(new ClusteringFactory());
        data.forEach(input -> set.add(Tribuo.example(ClusteringFactory.UNASSIGNED_CLUSTER_ID, input)));
        long different = data.stream().map(input -> java.util.Arrays.hashCode(input.z())).distinct().count();
        int clusters = (int) Math.max(1, Math.min(different, Math.min(MOST_CLUSTERS, Math.sqrt(data.size() / 2.0))));
        KMeansModel model = new KMeansTrainer(clusters, ROUNDS, DistanceType.L2.getDistance(),
                KMeansTrainer.Initialisation.PLUSPLUS, 1, seed).train(set);
        return new ClustersMember(model, data.get(0).features());
    }

    @Override
    public double raw(Input input) {
        double nearest = Double.MAX_VALUE;
        for (double[] centroid : centroids) {
            double sum = 0;
            for (int i = 0; i < centroid.length; i++) {
                double away = input.z()[i] - centroid[i];
                sum += away * away;
            }
            nearest = Math.min(nearest, sum);
        }
        return Math.sqrt(nearest);
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
    public static ClustersMember read(byte[] payload, Features features) throws ModelException {
        KMeansModel model = Tribuo.read(KIND, KMeansModel.class, payload);
        if (model.getCentroids().isEmpty()) {
            throw new ModelException("the " + KIND + " member has no cluster");
        }
        return new ClustersMember(model, features);
    }
}
