package io.kubeguardian.collector.attribute;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * Which pod and container a cgroup id stands for. Filled by the kernel's own word when a cgroup is made, so that one
 * that lives for a moment is known too; emptied some time after it is removed, when no event of it can be under way.
 * Bounded. Thread safe.
 */
public final class CgroupTable {
    /** Events of a removed cgroup may still lie in the other ring. */
    static final long KEEP_NANOS = 10_000_000_000L;
    /** Looking an id up outside the table walks a directory tree: not more often than this. */
    private static final long LOOKUP_PAUSE_NANOS = 1_000_000_000L;

    private final int limit;
    private final LongFunction<String> lookup;
    private final Map<Long, Attribution> table = new HashMap<>();
    /** Those that are no more, with the time of it, oldest first. */
    private final LinkedHashMap<Long, Long> removed = new LinkedHashMap<>();
    private long nextLookup = Long.MIN_VALUE;
    private long failures;
    private long outsidePods;
    private long created;
    private long gone;

    /**
     * @param limit most cgroups remembered
     * @param lookup finds the path of a cgroup that the kernel's word was missed of, or null
     */
    public CgroupTable(int limit, LongFunction<String> lookup) {
        this.limit = limit;
        this.lookup = lookup;
    }

    /**
     * The attribution of the new cgroup. When the table is full, the one that was removed longest ago makes room, else it
     * is not remembered.
     */
    public synchronized Attribution created(long cgroup, String path) {
        Attribution attribution = CgroupPath.parse(path);
        removed.remove(cgroup);
        if (table.containsKey(cgroup)) {
            table.put(cgroup, attribution);
            return attribution;
        }
        created++;
        if (table.size() >= limit) {
            Map.Entry<Long, Long> gone = removed.pollFirstEntry();
            if (gone == null) {
                return attribution;
            }
            table.remove(gone.getKey());
        }
        table.put(cgroup, attribution);
        return attribution;
    }

    /** @param now of a clock in nanoseconds, here and in {@link #expire} */
    public synchronized void removed(long cgroup, long now) {
        if (table.containsKey(cgroup) && removed.putIfAbsent(cgroup, now) == null) {
            gone++;
        }
    }

    /** Those of the table that are neither among these nor known to be removed. */
    public synchronized List<Long> missingFrom(Set<Long> existing) {
        return table.keySet().stream().filter(c -> !existing.contains(c) && !removed.containsKey(c)).toList();
    }

    /** Forgets what was removed long enough ago. */
    public synchronized void expire(long now) {
        for (Iterator<Map.Entry<Long, Long>> oldest = removed.entrySet().iterator(); oldest.hasNext();) {
            Map.Entry<Long, Long> gone = oldest.next();
            if (now - gone.getValue() < KEEP_NANOS) {
                return;
            }
            table.remove(gone.getKey());
            oldest.remove();
        }
    }

    /** Whether word of it has come. */
    public synchronized boolean knows(long cgroup) {
        return table.containsKey(cgroup);
    }

    /** Never null; an unknown cgroup is counted and belongs to nobody. */
    public synchronized Attribution find(long cgroup) {
        Attribution found = lookUp(cgroup);
        if (found == null) {
            failures++;
            return Attribution.NONE;
        }
        if (found.podUid().isEmpty()) {
            outsidePods++;
        }
        return found;
    }

    private Attribution lookUp(long cgroup) {
        Attribution known = table.get(cgroup);
        if (known != null) {
            return known;
        }
        long now = System.nanoTime();
        if (nextLookup == Long.MIN_VALUE || now - nextLookup >= 0) {
            nextLookup = now + LOOKUP_PAUSE_NANOS;
            String path = lookup.apply(cgroup);
            if (path != null) {
                return created(cgroup, path);
            }
        }
        return null;
    }

    /**
     * Ids of the cgroups, as far as they still exist, of exactly this pod ({@code containerId} empty) or container
     * ({@code podUid} empty: of whichever pod).
     */
    public synchronized List<Long> cgroups(String podUid, String containerId) {
        List<Long> found = new ArrayList<>();
        table.forEach((cgroup, attribution) -> {
            if (attribution.exact() && (podUid.isEmpty() || attribution.podUid().equals(podUid))
                    && attribution.containerId().equals(containerId) && !removed.containsKey(cgroup)) {
                found.add(cgroup);
            }
        });
        return found;
    }

    public synchronized int size() {
        return table.size();
    }

    public synchronized AttributionCounts counts() {
        return new AttributionCounts(failures, outsidePods, table.size(), created, gone);
    }
}
