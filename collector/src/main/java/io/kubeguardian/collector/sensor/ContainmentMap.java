package io.kubeguardian.collector.sensor;

import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.contain.KernelContainment;
import io.kubeguardian.collector.event.KernelLayouts;
import io.kubeguardian.collector.ffm.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/** The kernel's map of containments, see {@code bpf/include/containment.h}. */
public final class ContainmentMap implements KernelContainment {
    private static final long EXPIRES = offset(KernelLayouts.CONTAINMENT, "expires");
    private static final long ACTIONS = offset(KernelLayouts.CONTAINMENT, "actions");
    private static final long KILLED = offset(KernelLayouts.CONTAINMENT, "execs_killed");
    private static final long REFUSED = offset(KernelLayouts.CONTAINMENT, "connections_refused");

    private final int map;
    private final int countMap;
    private final Set<Long> cgroups = new HashSet<>();

    ContainmentMap(int map, int countMap) {
        this.map = map;
        this.countMap = countMap;
    }

    @Override
    public synchronized void put(long cgroup, int actions, long expiresBootNanos) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment key = key(call, cgroup);
            MemorySegment value = call.allocate(KernelLayouts.CONTAINMENT);
            Libbpf.lookup(map, key, value); // the counters go on
            value.set(JAVA_LONG, EXPIRES, expiresBootNanos);
            value.set(JAVA_INT, ACTIONS, actions);
            Libbpf.update(map, key, value);
            cgroups.add(cgroup);
            writeCount(call);
        }
    }

    @Override
    public synchronized void remove(long cgroup) {
        try (Arena call = Arena.ofConfined()) {
            Libbpf.delete(map, key(call, cgroup));
            cgroups.remove(cgroup);
            writeCount(call);
        }
    }

    @Override
    public Counts counts(long cgroup) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment value = call.allocate(KernelLayouts.CONTAINMENT);
            return Libbpf.lookup(map, key(call, cgroup), value)
                    ? new Counts(value.get(JAVA_LONG, KILLED), value.get(JAVA_LONG, REFUSED))
                    : new Counts(0, 0);
        }
    }

    private void writeCount(Arena call) {
        MemorySegment count = call.allocate(JAVA_INT);
        count.set(JAVA_INT, 0, cgroups.size());
        Libbpf.update(countMap, call.allocate(JAVA_INT), count);
    }

    private static MemorySegment key(Arena call, long cgroup) {
        MemorySegment key = call.allocate(JAVA_LONG);
        key.set(JAVA_LONG, 0, cgroup);
        return key;
    }
}
