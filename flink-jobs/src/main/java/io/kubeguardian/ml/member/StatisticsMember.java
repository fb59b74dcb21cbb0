package io.kubeguardian.ml.member;

import io.kubeguardian.ml.Explanations;
import io.kubeguardian.ml.Member;
import io.kubeguardian.schema.Contribution;
import java.util.Arrays;
import java.util.List;

/**
 * How far single features are from usual: the root mean square of the {@value #FURTHEST} furthest, in robust spreads
 * (median and median distance, Rousseeuw and Croux 1993). In the stream a feature counts only as far as it is unusual for
 * the workload's own recent windows as well ({@link io.kubeguardian.ml.Moving}). It has no parameters of its own.
 */
public final class StatisticsMember implements Member {
    /** The member's name in records. */
    public static final String KIND = "statistics";

    static final int FURTHEST = 5;

    @Override
    public double raw(Input input) {
        double[] squares = Arrays.stream(input.z()).map(z -> z * z).sorted().toArray();
        int count = Math.min(FURTHEST, squares.length);
        if (count == 0) {
            return Double.NaN;
        }
        double sum = 0;
        for (int i = squares.length - count; i < squares.length; i++) {
            sum += squares[i];
        }
        return Math.sqrt(sum / count);
    }

    @Override
    public List<Contribution> explain(Input input, int most) {
        return Explanations.heaviest(input, Arrays.stream(input.z()).map(z -> z * z).toArray(), most);
    }
}
