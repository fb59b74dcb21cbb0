package io.kubeguardian.intel;

import java.util.Arrays;

/**
 * Finds keys by their bytes: one array of all keys, and an open-addressing table of numbers with eight bits of the hash
 * beside each, so that asking for what is not there touches one cache line of the table and seldom a key. Immutable.
 */
final class KeyTable {
    /** Most keys: their number has 24 bits. */
    static final int MOST = (1 << 24) - 2;

    static final int ABSENT = -1;

    private static final int NUMBER = (1 << 24) - 1;

    private final byte[] keys;
    /** Bytes of each key; 0: two bytes of length stand before each. */
    private final int stride;
    /** Where the keys begin, of keys with a length. */
    private final int[] offsets;
    /** Eight bits of hash, then the key's number plus one; 0: free. */
    private final int[] slots;
    private final int mask;
    private final int size;

    /**
     * @param keys one behind the other; kept
     * @param stride bytes of each, or 0 when each has its length in two bytes before it
     * @throws IllegalArgumentException when the bytes are not so many keys
     */
    KeyTable(byte[] keys, int stride, int count) {
        if (count > MOST) {
            throw new IllegalArgumentException(count + " indicators of one type, more than " + MOST);
        }
        this.keys = keys;
        this.stride = stride;
        this.size = count;
        this.offsets = stride == 0 ? offsets(keys, count) : null;
        if (stride > 0 && (long) stride * count != keys.length) {
            throw new IllegalArgumentException(keys.length + " bytes are not " + count + " keys of " + stride);
        }
        int capacity = Integer.highestOneBit(Math.max(4, count + count / 2)) << 1;
        this.slots = new int[capacity];
        this.mask = capacity - 1;
        for (int i = 0; i < count; i++) {
            insert(i);
        }
    }

    private static int[] offsets(byte[] keys, int count) {
        int[] offsets = new int[count];
        int at = 0;
        for (int i = 0; i < count; i++) {
            if (at + 2 > keys.length) {
                throw new IllegalArgumentException("the keys end before number " + i + " of " + count);
            }
            offsets[i] = at + 2;
            at += 2 + length(keys, at + 2);
        }
        if (at != keys.length) {
            throw new IllegalArgumentException("the keys end at byte " + at + " of " + keys.length);
        }
        return offsets;
    }

    private static int length(byte[] keys, int start) {
        return (keys[start - 2] & 0xff) << 8 | keys[start - 1] & 0xff;
    }

    private void insert(int number) {
        int from = start(number);
        long hash = KeyHash.of(keys, from, from + length(number));
        int at = (int) hash & mask;
        while (slots[at] != 0) {
            at = at + 1 & mask;
        }
        slots[at] = tag(hash) | number + 1;
    }

    private static int tag(long hash) {
        return (int) (hash >>> 56) << 24;
    }

    int size() {
        return size;
    }

    private int start(int number) {
        return stride > 0 ? number * stride : offsets[number];
    }

    private int length(int number) {
        return stride > 0 ? stride : length(keys, offsets[number]);
    }

    /** The number of a key, or {@link #ABSENT}. @param hash as {@link KeyHash} makes it of the same bytes */
    int find(byte[] from, int start, int end, long hash) {
        int tag = tag(hash);
        for (int at = (int) hash & mask; slots[at] != 0; at = at + 1 & mask) {
            int slot = slots[at];
            if ((slot & ~NUMBER) == tag) {
                int number = (slot & NUMBER) - 1;
                int key = start(number);
                if (length(number) == end - start
                        && Arrays.equals(keys, key, key + end - start, from, start, end)) {
                    return number;
                }
            }
        }
        return ABSENT;
    }

    int find(byte[] key, int length) {
        return find(key, 0, length, KeyHash.of(key, 0, length));
    }

    /** A copy of a key. */
    byte[] key(int number) {
        return Arrays.copyOfRange(keys, start(number), start(number) + length(number));
    }
}
