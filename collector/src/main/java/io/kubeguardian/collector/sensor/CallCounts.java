package io.kubeguardian.collector.sensor;

import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.event.KernelLayouts;
import io.kubeguardian.collector.ffm.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The kernel's counters of system calls, see {@code bpf/include/counts.h}: by cgroup and number, and what each CPU has
 * counted for the cgroup that it runs and not handed over yet. They are of 32 bits and wrap; only the difference of two
 * readings means something. Used by one thread.
 */
public final class CallCounts {
    /** {@code KG_COUNT_SHARDS}. */
    private static final int SHARDS = 8;
    /** Most cgroups that are counted at a time. */
    private static final int MOST_CGROUPS = 4096;

    /** A CPU hands over when it comes to another cgroup, some thousand times a second; reading takes microseconds. */
    private static final int MOST_READINGS = 100;
    private static final long TURN = offset(KernelLayouts.CPU, "turn");
    private static final long CGROUP = offset(KernelLayouts.CPU, "cgroup");
    private static final long CALLS = offset(KernelLayouts.CPU, "calls");

    private final int map;
    private final int pending;
    private final int cpus;

    CallCounts(int map, int pending, int cpus) {
        this.map = map;
        this.pending = pending;
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

    /**
     * How often each call was made in a cgroup, by its number; modulo 2<sup>32</sup>. Empty when the CPUs that run it
     * handed over at every reading; of a cgroup that no longer runs they do not.
     */
    public Optional<int[]> read(long cgroup) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment before = pending(call);
            for (int reading = 0; reading < MOST_READINGS; reading++) {
                int[] counts = handedOver(call, cgroup);
                MemorySegment after = pending(call);
                if (settled(before, after, cgroup)) {
                    addPending(counts, before, cgroup);
                    return Optional.of(counts);
                }
                before = after;
            }
            return Optional.empty();
        }
    }

    private MemorySegment pending(Arena arena) {
        MemorySegment all = arena.allocate(KernelLayouts.CPU, cpus);
        if (!Libbpf.lookup(pending, arena.allocate(JAVA_INT), all)) {
            throw new SensorException("the counters of system calls have no place in the kernel");
        }
        return all;
    }

    /** Whether no CPU has handed over anything of the cgroup's between the two readings. */
    private boolean settled(MemorySegment before, MemorySegment after, long cgroup) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            long at = cpu * KernelLayouts.CPU.byteSize();
            int turn = before.get(JAVA_INT, at + TURN);
            boolean ours = before.get(JAVA_LONG, at + CGROUP) == cgroup || after.get(JAVA_LONG, at + CGROUP) == cgroup;
            if (ours && (turn % 2 != 0 || turn != after.get(JAVA_INT, at + TURN))) {
                return false;
            }
        }
        return true;
    }

    private void addPending(int[] counts, MemorySegment pending, long cgroup) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            long at = cpu * KernelLayouts.CPU.byteSize();
            if (pending.get(JAVA_LONG, at + CGROUP) == cgroup) {
                for (int number = 0; number < counts.length; number++) {
                    counts[number] += pending.get(JAVA_INT, at + CALLS + 4L * number);
                }
            }
        }
    }

    private int[] handedOver(Arena call, long cgroup) {
        int[] counts = new int[SystemCalls.MOST];
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
