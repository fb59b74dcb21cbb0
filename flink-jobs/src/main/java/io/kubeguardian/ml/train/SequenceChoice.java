package io.kubeguardian.ml.train;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Features;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.member.SequenceMember;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Order and discount of the sequence member: those by which windows that were held back are least surprising, the mean
 * over windows.
 *
 * @param usual that mean, nats a call
 */
record SequenceChoice(int order, double discount, double usual) {
    private static final int[] ORDERS = {3, 5, 8, 12};
    private static final double[] DISCOUNTS = {0.75, 0.9};

    static SequenceChoice of(List<Behaviour> data, int[] folds, TrainingPlan plan) {
        if (!plan.members().contains(SequenceMember.KIND) || data.stream().allMatch(b -> b.sequences().length == 0)) {
            return new SequenceChoice(ORDERS[0], DISCOUNTS[0], 0);
        }
        SequenceChoice best = null;
        for (int order : ORDERS) {
            for (double discount : DISCOUNTS) {
                SequenceChoice tried = new SequenceChoice(order, discount, heldBack(data, folds, plan, order, discount));
                if (best == null || tried.usual < best.usual) {
                    best = tried;
                }
            }
        }
        return best;
    }

    private static double heldBack(List<Behaviour> data, int[] folds, TrainingPlan plan, int order, double discount) {
        double[] means = new double[data.size()];
        Arrays.fill(means, Double.NaN);
        Features none = new Features(List.of());
        for (int fold = 0; fold < plan.folds(); fold++) {
            List<Behaviour> rest = new ArrayList<>();
            for (int i = 0; i < folds.length; i++) {
                if (folds[i] != fold) {
                    rest.add(data.get(i));
                }
            }
            SequenceMember member = SequenceMember.train(rest, order, discount, 0);
            for (int i = 0; i < folds.length; i++) {
                if (folds[i] == fold) {
                    means[i] = member.raw(Member.Input.of(data.get(i), none));
                }
            }
        }
        return Arrays.stream(means).filter(Double::isFinite).average().orElse(0);
    }
}
