package io.kubeguardian.ml.member;

/** Counts by 64-bit hash, in open addressing: of a few hundred thousand entries two share a hash once in ten million tables. */
final class CountTable {
    private static final int FIRST = 1 << 10;

    private long[] keys = new long[FIRST];
    private int[] counts = new int[FIRST];
    private int size;

    /** 0 when it was never counted. */
    int get(long key) {
        return counts[slot(key)];
    }

    /** Counts one more, and returns how many there were before. */
    int increment(long key) {
        int slot = slot(key);
        if (keys[slot] == 0) {
            if (size * 2 >= keys.length) {
                grow();
                slot = slot(key);
            }
            keys[slot] = key == 0 ? 1 : key;
            size++;
        }
        return counts[slot]++;
    }

    private int slot(long key) {
        long wanted = key == 0 ? 1 : key; // 0 marks a free place
        int mask = keys.length - 1;
        int slot = (int) (wanted ^ wanted >>> 32) & mask;
        while (keys[slot] != 0 && keys[slot] != wanted) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldCounts = counts;
        keys = new long[oldKeys.length * 2];
        counts = new int[oldKeys.length * 2];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                counts[slot] = oldCounts[i];
            }
        }
    }
}
