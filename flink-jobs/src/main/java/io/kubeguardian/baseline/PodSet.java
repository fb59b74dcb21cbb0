package io.kubeguardian.baseline;

import com.dynatrace.hash4j.distinctcount.HyperLogLog;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;

/**
 * How many different pods there were in this week and the last: exact up to {@value #FEW}, then a HyperLogLog sketch of
 * 2^{@value #PRECISION} registers (standard error 2.3 %, 1.5 kB). Flink POJO. Adding is idempotent and commutes: repeats
 * and order change nothing.
 */
public final class PodSet {
    static final int FEW = 32;
    private static final int PRECISION = 11;
    private static final long WEEK_NANOS = 7L * 24 * 3600 * 1_000_000_000L;

    /** Of {@link #now}; the week before is {@link #before}. */
    public long week;
    public Half now = new Half();
    public Half before = new Half();

    /** The pods of one week. Flink POJO. */
    public static final class Half {
        /** Hashes, sorted. */
        public long[] few = {};
        /** Of the sketch; empty: there are few. */
        public byte[] registers = {};

        private boolean add(long pod) {
            if (registers.length == 0) {
                int place = Arrays.binarySearch(few, pod);
                if (place >= 0) {
                    return false;
                }
                if (few.length < FEW) {
                    long[] more = new long[few.length + 1];
                    System.arraycopy(few, 0, more, 0, -place - 1);
                    more[-place - 1] = pod;
                    System.arraycopy(few, -place - 1, more, -place, few.length + place + 1);
                    few = more;
                    return true;
                }
                registers = sketch().getState();
                few = new long[0];
            }
            HyperLogLog sketch = HyperLogLog.wrap(registers);
            byte[] old = registers.clone();
            sketch.add(pod);
            return !Arrays.equals(old, registers);
        }

        private HyperLogLog sketch() {
            if (registers.length > 0) {
                return HyperLogLog.wrap(registers.clone());
            }
            HyperLogLog sketch = HyperLogLog.create(PRECISION);
            for (long pod : few) {
                sketch.add(pod);
            }
            return sketch;
        }
    }

    /** The same for the same pod, everywhere and always. */
    public static long hash(String podUid) {
        return Hashing.komihash5_0().hashCharsToLong(podUid);
    }

    /**
     * @param pod {@link #hash} of its UID
     * @param time event time, nanoseconds since the Unix epoch
     * @return whether that changed anything
     */
    public boolean add(long pod, long time) {
        long of = Math.floorDiv(time, WEEK_NANOS);
        if (of > week) {
            before = of == week + 1 ? now : new Half();
            now = new Half();
            week = of;
            now.add(pod);
            return true;
        }
        return of == week ? now.add(pod) : of == week - 1 && before.add(pod);
    }

    public long count() {
        if (now.registers.length == 0 && before.registers.length == 0) {
            long[] all = Arrays.copyOf(now.few, now.few.length + before.few.length);
            System.arraycopy(before.few, 0, all, now.few.length, before.few.length);
            return Arrays.stream(all).distinct().count();
        }
        HyperLogLog union = now.sketch();
        union.add(before.sketch());
        return Math.round(union.getDistinctCountEstimate());
    }
}
