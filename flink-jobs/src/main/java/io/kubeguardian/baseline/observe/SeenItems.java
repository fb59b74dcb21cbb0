package io.kubeguardian.baseline.observe;

/**
 * What was told of late, so that a busy service's usual behaviour is not told at every request. A table of this
 * subtask only, of fixed size: what it forgets is told again, and the baseline knows it already.
 *
 * <p>Items are known by a 64-bit hash with a secret key: nobody outside can make one that is taken for another.
 */
final class SeenItems {
    /** What is to be done with an item. */
    enum Verdict { FIRST, AGAIN, KNOWN }

    private static final int WAYS = 4;
    /** While it is new it is told each minute: a drift that goes on must not fall silent. */
    private static final int YOUNG_SECONDS = 1200;
    private static final int YOUNG_EVERY = 60;
    private static final int OLD_EVERY = 900;
    /** After so long it is told as if for the first time: who counts pods forgets them. */
    private static final int FIRST_EVERY = 86_400;

    private final long[] hashes;
    private final int[] first;
    private final int[] told;
    private final int mask;

    /** @param size entries, rounded up to a power of two; 16 bytes each */
    SeenItems(int size) {
        int capacity = Integer.highestOneBit(Math.max(WAYS, size - 1)) << 1;
        hashes = new long[capacity];
        first = new int[capacity];
        told = new int[capacity];
        mask = capacity / WAYS - 1;
    }

    /**
     * Remembers it, too.
     *
     * @param hash of everything that it is told by
     * @param time event time, nanoseconds since the Unix epoch
     */
    Verdict see(long hash, long time) {
        long key = hash == 0 ? 1 : hash;
        int now = (int) (time / 1_000_000_000L);
        int from = ((int) (key >>> 40) & mask) * WAYS;
        int oldest = from;
        for (int i = from; i < from + WAYS; i++) {
            if (hashes[i] == key) {
                return seen(i, now);
            }
            if (told[i] < told[oldest]) {
                oldest = i;
            }
        }
        hashes[oldest] = key;
        first[oldest] = now;
        told[oldest] = now;
        return Verdict.FIRST;
    }

    private Verdict seen(int i, int now) {
        int age = now - first[i];
        if (age >= FIRST_EVERY) {
            first[i] = now - YOUNG_SECONDS;
            told[i] = now;
            return Verdict.FIRST;
        }
        if (Math.abs(now - told[i]) < (age < YOUNG_SECONDS ? YOUNG_EVERY : OLD_EVERY)) {
            return Verdict.KNOWN;
        }
        told[i] = now;
        return Verdict.AGAIN;
    }
}
