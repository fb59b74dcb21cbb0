package io.kubeguardian.ml;

import io.kubeguardian.schema.ModelFeature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The numbers that models other than those of sequences see: the window's own numbers, and of each frequent system call
 * {@code share.<call>}, the square root of its share among all calls. The root makes the distance of two histograms
 * Hellinger's (rare calls count, one more read does not). What is left of the shares is {@code share.other}.
 */
public final class Features {
    /** Version of the definitions; models of another version are refused. */
    public static final int VERSION = 1;
    /** Most features of a model. */
    public static final int LIMIT = 256;

    static final String SHARE = "share.";
    static final String OTHER = SHARE + "other";
    /** Further from the centre than this many spreads is as good as infinitely far. */
    private static final double FARTHEST = 20;
    /** Names of calls come from events; what is no name is counted with the others. */
    private static final Pattern CALL = Pattern.compile("[A-Za-z0-9_]{1,50}");
    private static final double MAD_TO_DEVIATION = 1.4826;
    private static final double LEAST_SPREAD = 0.02;

    private final List<ModelFeature> features;
    private final Set<String> shares = new HashSet<>();

    public Features(List<ModelFeature> features) {
        this.features = List.copyOf(features);
        features.forEach(feature -> {
            if (feature.getName().startsWith(SHARE)) {
                shares.add(feature.getName());
            }
        });
    }

    /** Which features there are in the data, and what is usual: every number, and the calls in most windows. */
    public static Features of(Collection<Behaviour> data) {
        Map<String, Integer> windows = new TreeMap<>();
        Set<String> names = new java.util.TreeSet<>();
        for (Behaviour behaviour : data) {
            names.addAll(behaviour.numbers().keySet());
            for (String call : behaviour.calls().keySet()) {
                if (CALL.matcher(call).matches()) {
                    windows.merge(SHARE + call, 1, Integer::sum);
                }
            }
        }
        List<String> ordered = new ArrayList<>(names);
        windows.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(Math.max(0, LIMIT - 1 - ordered.size()))
                .forEach(entry -> ordered.add(entry.getKey()));
        if (!windows.isEmpty()) {
            ordered.add(OTHER);
        }
        Features unscaled = new Features(ordered.stream().map(name -> new ModelFeature(name, 0.0, 1.0)).toList());
        double[][] values = data.stream().map(unscaled::values).toArray(double[][]::new);
        List<ModelFeature> scaled = new ArrayList<>();
        for (int i = 0; i < ordered.size(); i++) {
            scaled.add(scale(ordered.get(i), column(values, i)));
        }
        return new Features(scaled);
    }

    private static ModelFeature scale(String name, double[] values) {
        double center = median(values);
        double mean = Arrays.stream(values).average().orElse(0);
        double[] away = Arrays.stream(values).map(value -> Math.abs(value - center)).toArray();
        double spread = MAD_TO_DEVIATION * median(away);
        if (spread == 0) {
            spread = Math.sqrt(Arrays.stream(values).map(value -> (value - mean) * (value - mean)).average().orElse(0));
        }
        return new ModelFeature(name, center, Math.max(spread, LEAST_SPREAD));
    }

    private static double[] column(double[][] values, int column) {
        return Arrays.stream(values).mapToDouble(row -> row[column]).toArray();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length == 0 ? 0
                : sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public List<ModelFeature> list() {
        return features;
    }

    public int size() {
        return features.size();
    }

    public String name(int index) {
        return features.get(index).getName();
    }

    /** As they are, in the order of {@link #list}. */
    public double[] values(Behaviour behaviour) {
        double total = Math.max(1, behaviour.totalCalls());
        double other = 0;
        for (Map.Entry<String, Long> call : behaviour.calls().entrySet()) {
            if (!shares.contains(SHARE + call.getKey())) {
                other += call.getValue();
            }
        }
        double[] values = new double[features.size()];
        for (int i = 0; i < values.length; i++) {
            String name = name(i);
            if (name.equals(OTHER)) {
                values[i] = Math.sqrt(other / total);
            } else if (name.startsWith(SHARE)) {
                values[i] = Math.sqrt(behaviour.calls().getOrDefault(name.substring(SHARE.length()), 0L) / total);
            } else {
                values[i] = behaviour.numbers().getOrDefault(name, 0.0);
            }
        }
        return values;
    }

    /** In spreads from what is usual, from -20 to 20. */
    public double[] standardized(double[] values) {
        double[] z = new double[values.length];
        for (int i = 0; i < z.length; i++) {
            ModelFeature feature = features.get(i);
            z[i] = Math.max(-FARTHEST, Math.min(FARTHEST, (values[i] - feature.getCenter()) / feature.getSpread()));
        }
        return z;
    }
}
