package io.kubeguardian.intel;

import java.security.SecureRandom;

/**
 * Hashes of keys from their last byte to their first: the hash of "evil.example" is on the way to that of
 * "a.evil.example", so one pass over a name asks for all of its domains. Seeded anew in each JVM, so that nobody can make
 * a list of names that fall together. The step is FNV-1a's, the end the finalizer of MurmurHash3.
 */
final class KeyHash {
    private static final long PRIME = 0x100000001b3L;
    private static final long SEED = new SecureRandom().nextLong();

    private KeyHash() {}

    static long start() {
        return SEED;
    }

    static long step(long hash, byte next) {
        return (hash ^ (next & 0xff)) * PRIME;
    }

    static long end(long hash) {
        long h = hash;
        h ^= h >>> 33;
        h *= 0xff51afd7ed558ccdL;
        h ^= h >>> 33;
        h *= 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 33;
    }

    static long of(byte[] bytes, int from, int to) {
        long hash = start();
        for (int i = to - 1; i >= from; i--) {
            hash = step(hash, bytes[i]);
        }
        return end(hash);
    }
}
