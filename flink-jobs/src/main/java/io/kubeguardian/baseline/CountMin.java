package io.kubeguardian.baseline;

import com.dynatrace.hash4j.distinctcount.HyperLogLog;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;

/**
 * How often the many were seen that find no room one by one: a count-min sketch (Cormode and Muthukrishnan, 2005) of
 * {@value #DEPTH} rows of {@value #WIDTH} counters, and a HyperLogLog of how many different ones there are. Flink POJO,
 * {@value #BYTES} bytes. It never counts too little: what it says was never seen was never seen. It may take something
 * new for something seen, with probability (1 - e^(-n / WIDTH))^DEPTH for n different items: 0.2 % for 500, 5 % for the
 * {@value #MOST} beyond which it must not be asked any more.
 */
public final class CountMin {
    static final int DEPTH = 4;
    static final int WIDTH = 2048;
    static final int MOST = 1300;
    /** Counters and registers. */
    public static final int BYTES = DEPTH * WIDTH * Integer.BYTES + 768;

    private static final int PRECISION = 10;

    public int[] counters = new int[DEPTH * WIDTH];
    public byte[] registers = HyperLogLog.create(PRECISION).getState();

    /** Adds, and says how often it was seen by now; never too little. */
    int add(String item, int times) {
        HashValue128 hash = Hashing.murmur3_128().hashCharsTo128Bits(item);
        HyperLogLog.wrap(registers).add(hash.getMostSignificantBits());
        int least = Integer.MAX_VALUE;
        for (int row = 0; row < DEPTH; row++) {
            int at = at(hash, row);
            counters[at] = (int) Math.min(Integer.MAX_VALUE, (long) counters[at] + times);
            least = Math.min(least, counters[at]);
        }
        return least;
    }

    /** How often it was seen; never too little. */
    int count(String item) {
        HashValue128 hash = Hashing.murmur3_128().hashCharsTo128Bits(item);
        int least = Integer.MAX_VALUE;
        for (int row = 0; row < DEPTH; row++) {
            least = Math.min(least, counters[at(hash, row)]);
        }
        return least;
    }

    /** Different items, about. */
    long distinct() {
        return Math.round(HyperLogLog.wrap(registers).getDistinctCountEstimate());
    }

    /** Rows by double hashing (Kirsch and Mitzenmacher, 2006). */
    private static int at(HashValue128 hash, int row) {
        long h = hash.getLeastSignificantBits() + row * (hash.getMostSignificantBits() | 1);
        return row * WIDTH + (int) (h >>> 32 & WIDTH - 1);
    }
}
