package io.kubeguardian.collector.contain;

import io.kubeguardian.collector.attribute.Attribution;
import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.event.KernelLayouts;
import io.kubeguardian.collector.ffm.NativeException;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Keys;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which decisions are in force on this node. Idempotent: the same decision twice changes nothing. A decision whose
 * container is not here yet waits for it until it expires. Thread safe.
 */
public final class Containments {
    /** As many as the kernel's map holds. */
    static final int MOST = 4096;
    /** Ended ones that are still reported. */
    static final int MOST_ENDED = 64;
    /** How far the wall clock may move before the kernel is told the expiries anew. */
    private static final long CLOCK_STEP_NANOS = 100_000_000L;
    private static final String ABSENT = "no cgroup of it on this node";
    private static final Logger LOG = LoggerFactory.getLogger(Containments.class);

    private static final class Entry {
        final Decision decision;
        final List<ContainmentAction> effective = new ArrayList<>();
        final Set<Long> cgroups = new HashSet<>();
        int bits;
        /** What of it cannot be done here, and why; empty when all can. */
        String unsupported = "";
        ContainmentState state;
        long since;
        String detail = "";
        /** Of cgroups that are gone. */
        long killed;
        long refused;

        Entry(Decision decision) {
            this.decision = decision;
        }
    }

    private final KernelContainment kernel;
    private final CgroupTable cgroups;
    private final Map<ContainmentAction, String> problems;
    private final LongSupplier wallNanos;
    private final LongSupplier bootToWall;
    private final Runnable changed;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Deque<ContainmentStatus> ended = new ArrayDeque<>();
    /** The clocks' distance that the kernel's expiries were computed with. */
    private long kernelBootToWall;

    /**
     * @param problems why an action cannot be done here; an action without an entry can
     * @param wallNanos now, in nanoseconds since the Unix epoch
     * @param bootToWall what to take from wall time to have the kernel's boot clock, nanoseconds
     * @param changed called after each change of a state, with the lock held: must not block
     */
    public Containments(KernelContainment kernel, CgroupTable cgroups, Map<ContainmentAction, String> problems,
            LongSupplier wallNanos, LongSupplier bootToWall, Runnable changed) {
        this.kernel = kernel;
        this.cgroups = cgroups;
        this.problems = Map.copyOf(problems);
        this.wallNanos = wallNanos;
        this.bootToWall = bootToWall;
        this.changed = changed;
        this.kernelBootToWall = bootToWall.getAsLong();
    }

    /** Puts a decision for this node into force, or takes it back. */
    public synchronized void apply(Decision decision) {
        String key = Keys.decision(decision);
        if (decision.getReleased()) {
            end(key, ContainmentState.RELEASED);
            return;
        }
        Entry before = entries.get(key);
        if (before != null && before.decision.equals(decision)) {
            return;
        }
        if (decision.getExpiresTime() <= wallNanos.getAsLong()) {
            end(key, ContainmentState.EXPIRED);
            return;
        }
        if (before == null && entries.size() >= MOST) {
            Entry refused = new Entry(decision);
            set(refused, ContainmentState.REFUSED, "more than " + MOST + " containments on this node");
            remember(refused);
            return;
        }
        Entry entry = new Entry(decision);
        chooseActions(entry);
        if (before != null) {
            List<Long> kept = cgroups.cgroups(decision.getPodUid(), decision.getContainerId());
            before.cgroups.stream().filter(c -> entry.bits == 0 || !kept.contains(c)).forEach(c -> leave(before, c));
            entry.killed = before.killed;
            entry.refused = before.refused;
        }
        entries.put(key, entry);
        if (entry.bits != 0) {
            cgroups.cgroups(decision.getPodUid(), decision.getContainerId()).forEach(c -> enter(entry, c));
            if (entry.cgroups.isEmpty() && entry.state == null) {
                set(entry, ContainmentState.REFUSED, ABSENT);
            }
        }
    }

    /** The record of this key was deleted from the topic: as a release. */
    public synchronized void forget(String key) {
        end(key, ContainmentState.RELEASED);
    }

    /** A new cgroup may be one that a decision waits for. */
    public synchronized void cgroupCreated(long cgroup, Attribution who) {
        if (entries.isEmpty() || !who.exact()) {
            return;
        }
        Entry entry = entries.get(who.podUid() + '/' + who.containerId());
        if (entry != null && entry.bits != 0) {
            enter(entry, cgroup);
        }
    }

    public synchronized void cgroupRemoved(long cgroup) {
        for (Entry entry : entries.values()) {
            if (entry.cgroups.contains(cgroup)) {
                leave(entry, cgroup);
                entry.cgroups.remove(cgroup);
                if (entry.cgroups.isEmpty()) {
                    set(entry, ContainmentState.REFUSED, ABSENT);
                }
            }
        }
    }

    /**
     * Ends what has expired; the kernel has stopped it by itself already. When the wall clock was set, the kernel is told
     * the rest's expiries anew: they are wall time, it goes by the boot clock.
     */
    public synchronized void expire() {
        long offset = bootToWall.getAsLong();
        if (Math.abs(offset - kernelBootToWall) >= CLOCK_STEP_NANOS) {
            kernelBootToWall = offset;
            entries.values().forEach(entry -> List.copyOf(entry.cgroups).forEach(c -> enter(entry, c)));
        }
        long now = wallNanos.getAsLong();
        List<String> due = new ArrayList<>();
        entries.forEach((key, entry) -> {
            if (entry.decision.getExpiresTime() <= now) {
                due.add(key);
            }
        });
        due.forEach(key -> end(key, ContainmentState.EXPIRED));
    }

    /** All that are in force or wait, and the latest that ended. */
    public synchronized List<ContainmentStatus> statuses() {
        List<ContainmentStatus> statuses = new ArrayList<>(ended);
        entries.values().forEach(entry -> statuses.add(status(entry)));
        return statuses;
    }

    private void chooseActions(Entry entry) {
        List<String> refused = new ArrayList<>();
        for (ContainmentAction action : entry.decision.getActions()) {
            String problem = problems.get(action);
            if (problem != null) {
                refused.add(action + ": " + problem);
            } else if (!entry.effective.contains(action)) {
                entry.effective.add(action);
                entry.bits |= bit(action);
            }
        }
        entry.unsupported = String.join("; ", refused);
        if (entry.bits == 0) {
            set(entry, ContainmentState.REFUSED, entry.unsupported);
        }
    }

    /** The bit of an action that has no problem. */
    private static int bit(ContainmentAction action) {
        return switch (action) {
            case KILL_EXEC -> KernelLayouts.KILL_EXEC;
            case DENY_EXEC -> KernelLayouts.DENY_EXEC;
            case DENY_NETWORK -> KernelLayouts.DENY_NETWORK;
            case NONE, FREEZE -> throw new IllegalArgumentException(action + " is not for the kernel's map");
        };
    }

    private void enter(Entry entry, long cgroup) {
        try {
            kernel.put(cgroup, entry.bits, entry.decision.getExpiresTime() - bootToWall.getAsLong());
        } catch (NativeException e) {
            set(entry, ContainmentState.REFUSED, e.getMessage());
            return;
        }
        entry.cgroups.add(cgroup);
        if (entry.state != ContainmentState.ACTIVE) {
            set(entry, ContainmentState.ACTIVE, entry.unsupported);
        }
    }

    private void leave(Entry entry, long cgroup) {
        KernelContainment.Counts counts = kernel.counts(cgroup);
        entry.killed += counts.execsKilled();
        entry.refused += counts.connectionsRefused();
        kernel.remove(cgroup);
    }

    private void end(String key, ContainmentState state) {
        Entry entry = entries.remove(key);
        if (entry == null) {
            return;
        }
        for (Iterator<Long> left = entry.cgroups.iterator(); left.hasNext();) {
            leave(entry, left.next());
            left.remove();
        }
        set(entry, state, entry.detail);
        remember(entry);
    }

    private void remember(Entry entry) {
        ended.addLast(status(entry));
        if (ended.size() > MOST_ENDED) {
            ended.removeFirst();
        }
    }

    private void set(Entry entry, ContainmentState state, String detail) {
        entry.state = state;
        entry.since = wallNanos.getAsLong();
        entry.detail = detail;
        LOG.info("event=containment state={} decision={} pod={} container={} actions={} issuedBy={} detail=\"{}\"",
                state, entry.decision.getId(), entry.decision.getPodUid(), entry.decision.getContainerId(),
                entry.effective, entry.decision.getIssuedBy(), detail);
        changed.run();
    }

    private ContainmentStatus status(Entry entry) {
        long killed = entry.killed;
        long refused = entry.refused;
        for (long cgroup : entry.cgroups) {
            KernelContainment.Counts counts = kernel.counts(cgroup);
            killed += counts.execsKilled();
            refused += counts.connectionsRefused();
        }
        boolean active = entry.state == ContainmentState.ACTIVE;
        return new ContainmentStatus(entry.decision.getId(), entry.decision.getPodUid(),
                entry.decision.getContainerId(), List.copyOf(entry.decision.getActions()),
                active ? List.copyOf(entry.effective) : List.of(), entry.state, entry.since, entry.detail,
                killed, refused);
    }
}
