package io.kubeguardian.collector;

import io.kubeguardian.collector.attribute.Attribution;
import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.batch.OpenBatch;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.collector.sensor.CallCounts;
import io.kubeguardian.collector.sensor.SystemCalls;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.SyscallCounts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Which system calls each container made how often: one record per container and interval, of what was counted since the
 * last one; and at its end, so that one that lived for a moment has its record too. Used by the reader's thread.
 */
final class SyscallHistograms {
    /** What a name and its count take in a batch, bytes. */
    private static final int ENTRY_BYTES = 16;

    private record Container(String podUid, String containerId) {
        static Container of(Attribution who) {
            return new Container(who.podUid(), who.containerId());
        }
    }

    private final CallCounts counts;
    private final CgroupTable cgroups;
    private final PodBatches batches;
    private final LongSupplier bootToWall;
    private final long intervalNanos;
    /** By cgroup, as last read: no more than the kernel has entries for. */
    private final Map<Long, int[]> last = new HashMap<>();
    /** Of cgroups inside a container that have gone since its last record. */
    private final Map<Container, long[]> left = new HashMap<>();
    /** Cgroups that were counted for before word of them had come. */
    private Set<Long> unknown = Set.of();
    private long intervalStart = Libc.bootNanos();

    /** @param bootToWall nanoseconds to add to the boot clock to have wall time, as they are now */
    SyscallHistograms(CallCounts counts, CgroupTable cgroups, PodBatches batches, LongSupplier bootToWall,
            int intervalSeconds) {
        this.counts = counts;
        this.cgroups = cgroups;
        this.batches = batches;
        this.bootToWall = bootToWall;
        this.intervalNanos = intervalSeconds * 1_000_000_000L;
    }

    /** Writes the records when the interval is over. */
    void tick() {
        if (Libc.bootNanos() - intervalStart >= intervalNanos) {
            flush();
        }
    }

    /** Writes the records of what was counted so far. */
    void flush() {
        Map<Container, long[]> histograms = new HashMap<>(left);
        left.clear();
        Set<Long> young = new HashSet<>();
        for (long cgroup : counts.cgroups()) {
            if (cgroups.knows(cgroup) || unknown.contains(cgroup)) {
                add(histograms, Container.of(cgroups.find(cgroup)), cgroup);
            } else { // the word of it is still in the ring: its calls are told the next time
                young.add(cgroup);
            }
        }
        unknown = young;
        long now = Libc.bootNanos();
        histograms.forEach((container, histogram) -> write(container, histogram, now));
        intervalStart = now;
    }

    /** A cgroup is no more, and nothing can be counted for it any longer. */
    void removed(long cgroup) {
        Attribution who = cgroups.find(cgroup);
        Container container = Container.of(who);
        add(left, container, cgroup);
        counts.remove(cgroup);
        last.remove(cgroup);
        if (who.exact() && !who.containerId().isEmpty()) {
            long[] histogram = left.remove(container);
            if (histogram != null) {
                write(container, histogram, Libc.bootNanos());
            }
        }
    }

    private void add(Map<Container, long[]> to, Container container, long cgroup) {
        Optional<int[]> reading = counts.read(cgroup);
        if (reading.isEmpty()) {
            return; // the next one has it all
        }
        int[] now = reading.get();
        int[] before = last.put(cgroup, now);
        long[] sum = null;
        for (int number = 0; number < now.length; number++) {
            long made = Integer.toUnsignedLong(before == null ? now[number] : now[number] - before[number]);
            if (made != 0) {
                sum = sum == null ? to.computeIfAbsent(container, none -> new long[now.length]) : sum;
                sum[number] += made;
            }
        }
    }

    private void write(Container container, long[] histogram, long now) {
        OpenBatch open = batches.open(container.podUid());
        EventBatchBuilder batch = open.builder();
        List<Integer> calls = new ArrayList<>();
        List<Long> made = new ArrayList<>();
        for (int number = 0; number < histogram.length; number++) {
            if (histogram[number] != 0) {
                calls.add(batch.string(SystemCalls.name(number)));
                made.add(histogram[number]);
            }
        }
        batch.add(new SyscallCounts(now + bootToWall.getAsLong(), batch.string(container.containerId()),
                now - intervalStart, calls, made));
        batches.added(open, EventClass.PRECIOUS, ENTRY_BYTES * calls.size());
    }
}
