package io.kubeguardian.ml;

import io.kubeguardian.schema.Contribution;
import java.util.List;

/**
 * How unusual a window is.
 *
 * @param level 1: as unusual as the most unusual training window that was held back; unbounded
 * @param score the same from 0 to 1; 0.5 where the level is 1
 * @param contributions what weighed most, the heaviest first
 */
public record Score(double level, double score, List<Contribution> contributions) {
    static double score(double level) {
        return level <= 1 ? Math.max(0, 0.5 * level) : 1 - 0.5 / level;
    }
}
