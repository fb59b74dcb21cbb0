package io.kubeguardian.baseline.observe;

/**
 * A 64-bit hash with a secret key, over characters: by 128-bit products folded in half, as wyhash does (Wang Yi, 2019). The
 * key is drawn anew in each process, so nobody outside can choose two texts with the same hash. Used by one thread.
 */
final class KeyedHash {
    private final long first;
    private final long second;
    private char[] buffer = new char[256];

    /** @param key random */
    KeyedHash(long key) {
        first = fold(key ^ 0xA0761D6478BD642FL, 0xE7037ED1A0B428DBL) | 1;
        second = fold(key ^ 0x8EBC6AF09C88C6E3L, 0x589965CC75374CC3L) | 1;
    }

    long of(String text) {
        int length = text.length();
        if (buffer.length < length) {
            buffer = new char[2 * length];
        }
        text.getChars(0, length, buffer, 0);
        return of(buffer, length);
    }

    long of(char[] chars, int length) {
        long hash = fold(length ^ first, second);
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            hash = fold(hash ^ four(chars, i), four(chars, i + 4) ^ first);
        }
        long low = 0;
        long high = 0;
        for (int rest = length - i; rest > 0; rest--) { // up to seven
            high = high << 16 | low >>> 48;
            low = low << 16 | chars[i++];
        }
        return fold(fold(hash ^ low, high ^ first), second ^ length);
    }

    /** Of two hashes; which stands first matters. */
    long mix(long a, long b) {
        return fold(a ^ first, Long.rotateLeft(b, 32) ^ second);
    }

    private static long four(char[] chars, int i) {
        return chars[i] | (long) chars[i + 1] << 16 | (long) chars[i + 2] << 32 | (long) chars[i + 3] << 48;
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.multiplyHigh(a, b);
    }
}
