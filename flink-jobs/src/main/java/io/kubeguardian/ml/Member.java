package io.kubeguardian.ml;

import io.kubeguardian.schema.Contribution;
import java.util.List;

/** One model of those that a score is made of. Has no state of its own: several threads ask the same one. */
public interface Member {
    /** A window as a member sees it. */
    record Input(Behaviour behaviour, Features features, double[] values, double[] z) {
        public static Input of(Behaviour behaviour, Features features) {
            double[] values = features.values(behaviour);
            return new Input(behaviour, features, values, features.standardized(values));
        }

        /** The same with other distances from what is usual. */
        Input with(double[] other) {
            return new Input(behaviour, features, values, other);
        }
    }

    /** How unusual: more is more, in a measure of its own; NaN when the window says nothing about it. */
    double raw(Input input);

    /**
     * What made it so, the heaviest first; weights sum to 1 at most.
     *
     * @param most how many are wanted
     */
    List<Contribution> explain(Input input, int most);
}
