package io.kubeguardian.ml.stream;

/**
 * How many different things there were, in {@value #WORDS} longs that can be joined: linear counting (Whang, Vander-Zanden
 * and Taylor 1990). Up to about a thousand it is off by some percent, beyond four thousand it says four thousand.
 */
final class DistinctCount {
    static final int WORDS = 16;
    private static final int BITS = WORDS * 64;

    private DistinctCount() {}

    static void add(long[] bitmap, int hash) {
        int mixed = hash * 0x9E3779B9;
        int bit = (mixed ^ mixed >>> 15) & BITS - 1;
        bitmap[bit >>> 6] |= 1L << bit;
    }

    static void join(long[] bitmap, long[] other) {
        for (int i = 0; i < WORDS; i++) {
            bitmap[i] |= other[i];
        }
    }

    static double count(long[] bitmap) {
        int set = 0;
        for (long word : bitmap) {
            set += Long.bitCount(word);
        }
        return -BITS * Math.log(Math.max(1.0 / 64, (double) (BITS - set) / BITS)) + 0.0;
    }
}
