package io.kubeguardian.ml.train;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Features;
import io.kubeguardian.ml.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Windows that are alike, by k-means over their features, dealt out to folds group by group: what is held back is behaviour
 * of a sort that the rest has not, as new behaviour is in production. Equal windows are never on both sides.
 */
final class Groups {
    private static final int ROUNDS = 20;
    private static final int WINDOWS_A_GROUP = 20;
    private static final int MOST_GROUPS = 40;

    private Groups() {}

    /** The fold of each window, 0 to folds - 1. */
    static int[] folds(List<Behaviour> data, int folds, long seed) {
        Features features = Features.of(data);
        double[][] points = data.stream().map(b -> Member.Input.of(b, features).values()).toArray(double[][]::new);
        SplittableRandom random = new SplittableRandom(seed);
        int groups = Math.max(folds, Math.min(MOST_GROUPS, data.size() / WINDOWS_A_GROUP));
        double[][] centers = centers(points, groups, random);
        int[] group = new int[points.length];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < points.length; i++) {
                group[i] = nearest(points[i], centers);
            }
            move(points, group, centers);
        }
        return deal(group, centers.length, folds);
    }

    /** k-means++: each next one is drawn by its squared distance from those there are. */
    private static double[][] centers(double[][] points, int groups, SplittableRandom random) {
        List<double[]> centers = new ArrayList<>();
        centers.add(points[random.nextInt(points.length)].clone());
        double[] distances = new double[points.length];
        Arrays.fill(distances, Double.MAX_VALUE);
        while (centers.size() < groups) {
            double all = 0;
            for (int i = 0; i < points.length; i++) {
                distances[i] = Math.min(distances[i], squared(points[i], centers.get(centers.size() - 1)));
                all += distances[i];
            }
            double drawn = random.nextDouble() * all;
            int next = 0;
            while (next < points.length - 1 && (drawn -= distances[next]) > 0) {
                next++;
            }
            centers.add(points[next].clone());
        }
        return centers.toArray(double[][]::new);
    }

    private static void move(double[][] points, int[] group, double[][] centers) {
        int[] sizes = new int[centers.length];
        double[][] sums = new double[centers.length][points[0].length];
        for (int i = 0; i < points.length; i++) {
            sizes[group[i]]++;
            for (int j = 0; j < points[i].length; j++) {
                sums[group[i]][j] += points[i][j];
            }
        }
        for (int c = 0; c < centers.length; c++) {
            for (int j = 0; j < sums[c].length && sizes[c] > 0; j++) {
                centers[c][j] = sums[c][j] / sizes[c];
            }
        }
    }

    private static int nearest(double[] point, double[][] centers) {
        int nearest = 0;
        for (int c = 1; c < centers.length; c++) {
            if (squared(point, centers[c]) < squared(point, centers[nearest])) {
                nearest = c;
            }
        }
        return nearest;
    }

    private static double squared(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    /** The largest group goes to the fold that has least. */
    private static int[] deal(int[] group, int groups, int folds) {
        int[] sizes = new int[groups];
        Arrays.stream(group).forEach(g -> sizes[g]++);
        Integer[] order = new Integer[groups];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Integer.compare(sizes[b], sizes[a]));
        int[] foldOf = new int[groups];
        int[] filled = new int[folds];
        for (int g : order) {
            int least = 0;
            for (int f = 1; f < folds; f++) {
                least = filled[f] < filled[least] ? f : least;
            }
            foldOf[g] = least;
            filled[least] += sizes[g];
        }
        return Arrays.stream(group).map(g -> foldOf[g]).toArray();
    }
}
