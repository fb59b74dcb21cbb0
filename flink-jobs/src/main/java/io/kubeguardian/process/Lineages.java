package io.kubeguardian.process;

import java.util.HashMap;
import java.util.Map;

/** Makes {@link Lineage}s unique within a subtask. Bounded: when there are too many all are made anew. Used by one thread. */
final class Lineages {
    private static final int LIMIT = 16_384;
    /** Generations; a process with more ancestors has no lineage. */
    private static final int DEEPEST = 24;

    private final Map<Lineage.Traits, Lineage.Traits> traits = new HashMap<>();
    private final Map<Lineage, Lineage> lineages = new HashMap<>();

    /** Null when there is too much to compare. */
    Lineage of(TreeProcess process, long change) {
        return of(process, change, DEEPEST);
    }

    private Lineage of(TreeProcess process, long change, int generations) {
        if (process.lineageAt == change) {
            return process.lineage;
        }
        Lineage found = generations == 0 ? null : find(process, change, generations);
        process.lineage = found;
        process.lineageAt = change;
        return found;
    }

    private Lineage find(TreeProcess process, long change, int generations) {
        if (process.traits == null) {
            Lineage.Traits own = Lineage.Traits.of(process.node);
            if (own == null) {
                return null;
            }
            process.traits = unique(traits, own);
            process.traits.shareWith(process.node);
        }
        TreeProcess parent = process.parent();
        Lineage above = parent == null ? null : of(parent, change, generations - 1);
        if (parent != null && above == null) {
            return null;
        }
        Lineage last = process.lineage;
        return last != null && last.own() == process.traits && last.parent() == above
                ? last
                : unique(lineages, new Lineage(process.traits, above));
    }

    private <T> T unique(Map<T, T> all, T one) {
        T known = all.get(one);
        if (known == null) {
            if (all.size() >= LIMIT) {
                traits.clear();
                lineages.clear();
            }
            all.put(one, one);
            return one;
        }
        return known;
    }
}
