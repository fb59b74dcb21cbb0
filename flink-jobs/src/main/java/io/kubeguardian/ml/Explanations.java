package io.kubeguardian.ml;

import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.ModelFeature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Which features made a score, in words. */
public final class Explanations {
    /** So many features, the furthest from usual, are tried. */
    private static final int TRIED = 12;

    private Explanations() {}

    /**
     * For models that cannot say it themselves: by how much the score falls when a feature is as usual (occlusion; Zeiler
     * and Fergus 2014), and by how much it rises from usual when that feature alone is as it is. The latter tells where so
     * much is unusual that no single feature makes a difference; where neither does, distance from usual decides.
     */
    public static List<Contribution> byOcclusion(Member model, Member.Input input, int most) {
        double raw = model.raw(input);
        double usually = model.raw(input.with(new double[input.z().length]));
        double[] parts = new double[input.z().length];
        for (int feature : furthest(input.z(), TRIED)) {
            double[] without = input.z().clone();
            without[feature] = 0;
            double[] alone = new double[input.z().length];
            alone[feature] = input.z()[feature];
            parts[feature] = Math.max(0, raw - model.raw(input.with(without)))
                    + Math.max(0, model.raw(input.with(alone)) - usually);
        }
        return heaviest(input, Arrays.stream(parts).sum() > 0 ? parts
                : Arrays.stream(input.z()).map(z -> z * z).toArray(), most);
    }

    /** @param parts of the score, by feature; not negative */
    public static List<Contribution> heaviest(Member.Input input, double[] parts, int most) {
        double all = Arrays.stream(parts).sum();
        List<Contribution> contributions = new ArrayList<>();
        if (!(all > 0)) {
            return contributions;
        }
        int[] order = IntStream.range(0, parts.length).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -parts[i])).mapToInt(Integer::intValue)
                .limit(most).toArray();
        for (int feature : order) {
            if (parts[feature] > 0) {
                contributions.add(contribution(input, feature, parts[feature] / all));
            }
        }
        return contributions;
    }

    private static int[] furthest(double[] z, int most) {
        return IntStream.range(0, z.length).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -Math.abs(z[i]))).mapToInt(Integer::intValue)
                .limit(most).toArray();
    }

    private static Contribution contribution(Member.Input input, int feature, double weight) {
        ModelFeature known = input.features().list().get(feature);
        double value = input.values()[feature];
        double away = input.z()[feature];
        String more = away >= 0 ? "more" : "less";
        String reason = FeatureWords.of(known.getName()) + " is " + FeatureWords.value(known.getName(), value)
                + ", usual is " + FeatureWords.value(known.getName(), known.getCenter()) + " ("
                + String.format(Locale.ROOT, "%.1f", Math.abs(away)) + " spreads " + more + ")";
        return new Contribution(known.getName(), FeatureWords.value(known.getName(), value),
                FeatureWords.value(known.getName(), known.getCenter()), weight, reason);
    }
}
