package io.kubeguardian.correlation;

import java.util.Iterator;
import java.util.List;

/**
 * Which signals of an entity are kept, so that its state is bounded whatever happens: of a rule the first {@value #RUN}
 * in each stretch as long as the shortest timespan that asks for it, then one per 1/{@value #PER_TIMESPAN} of that (a
 * later signal of another rule finds one nearly as young); at most {@value #MOST_OF_RULE} of a rule and {@value #MOST}
 * in all, the oldest going first. It depends on the signals and their times alone, not on when they arrived.
 */
final class Keeping {
    static final int RUN = 8;
    static final int PER_TIMESPAN = 32;
    static final int MOST_OF_RULE = 16;
    static final int MOST = 512;

    private Keeping() {}

    /** Whether a signal, the next in order, is worth keeping; then it counts as kept. */
    static boolean isWorthIt(EntityState entity, KeptSignal signal, long shortestMillis) {
        Tally tally = entity.tallies.computeIfAbsent(signal.signal.getRule(), rule -> new Tally());
        if (tally.inWindow == 0 || signal.time - tally.windowStart >= shortestMillis) {
            tally.windowStart = signal.time;
            tally.inWindow = 0;
        }
        if (tally.inWindow >= RUN && signal.time - tally.lastKept < shortestMillis / PER_TIMESPAN) {
            return false;
        }
        tally.inWindow++;
        tally.lastKept = signal.time;
        tally.kept++;
        return true;
    }

    /** Keeps it; how many others had to go for it. */
    static int add(EntityState entity, KeptSignal signal) {
        entity.kept.add(signal);
        if (entity.tallies.get(signal.signal.getRule()).kept > MOST_OF_RULE) {
            removeOldest(entity, signal.signal.getRule());
            return 1;
        }
        if (entity.kept.size() > MOST) {
            forget(entity, entity.kept.remove(0));
            return 1;
        }
        return 0;
    }

    /** Forgets what is too old to matter. */
    static void expire(EntityState entity, long before) {
        List<KeptSignal> kept = entity.kept;
        int old = 0;
        while (old < kept.size() && kept.get(old).time < before) {
            forget(entity, kept.get(old++));
        }
        if (old > 0) {
            kept.subList(0, old).clear();
        }
    }

    private static void removeOldest(EntityState entity, String rule) {
        for (Iterator<KeptSignal> all = entity.kept.iterator(); all.hasNext(); ) {
            KeptSignal kept = all.next();
            if (kept.signal.getRule().equals(rule)) {
                all.remove();
                forget(entity, kept);
                return;
            }
        }
    }

    private static void forget(EntityState entity, KeptSignal kept) {
        Tally tally = entity.tallies.get(kept.signal.getRule());
        if (tally != null && --tally.kept <= 0) {
            entity.tallies.remove(kept.signal.getRule());
        }
    }
}
