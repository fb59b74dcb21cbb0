package io.kubeguardian.collector.sensor;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.event.KernelLayouts;
import io.kubeguardian.collector.ffm.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The kernel's counters of system calls, see {@code bpf/include/counts.h}: by cgroup and number. They are of 32 bits and
 * wrap; only the difference of two readings means something. Used by one thread.
 */
public final class CallCounts {
    /** {@code KG_COUNT_SHARDS}. */
    private static final int SHARDS = 8;
    /** Most cgroups that are counted at a time. */
    private static final int MOST_CGROUPS = 4096;

    private final int map;
    private final int cpus;

    CallCounts(int map, int cpus) {
        this.map = map;
        this.cpus = cpus;
    }

    /** Entries that the map needs. */
    static int entries(int cpus) {
        return MOST_CGROUPS * Math.min(cpus, SHARDS);
    }

    /** The cgroups that anything was counted for. */
    public Set<Long> cgroups() {
        Set<Long> cgroups = new LinkedHashSet<>();
        try (Arena call = Arena.ofConfined()) {
            MemorySegment key = call.allocate(JAVA_LONG);
            // Only this thread deletes keys: none goes away meanwhile, which would start the walk anew.
            for (MemorySegment last = MemorySegment.NULL; Libbpf.nextKey(map, last, key); last = key) {
                cgroups.add(key.get(JAVA_LONG, 0) / SHARDS);
            }
        }
        return cgroups;
    }

    /** How often each call was made in a cgroup, by its number; modulo 2<sup>32</sup>. */
    public int[] read(long cgroup) {
        int[] counts = new int[SystemCalls.MOST];
        try (Arena call = Arena.ofConfined()) {
            MemorySegment key = call.allocate(JAVA_LONG);
            MemorySegment shard = call.allocate(KernelLayouts.COUNTS);
            for (int i = 0; i < Math.min(cpus, SHARDS); i++) {
                key.set(JAVA_LONG, 0, cgroup * SHARDS + i);
                if (Libbpf.lookup(map, key, shard)) {
                    for (int number = 0; number < counts.length; number++) {
                        counts[number] += shard.getAtIndex(JAVA_INT, number);
                    }
                }
            }
        }
        return counts;
    }

    /** Forgets a cgroup that is no more. */
    public void remove(long cgroup) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment key = call.allocate(JAVA_LONG);
            for (int i = 0; i < Math.min(cpus, SHARDS); i++) {
                key.set(JAVA_LONG, 0, cgroup * SHARDS + i);
                Libbpf.delete(map, key);
            }
        }
    }
}
