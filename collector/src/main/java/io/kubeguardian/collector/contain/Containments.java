package io.kubeguardian.collector.contain;

import io.kubeguardian.collector.attribute.Attribution;
import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.contain.KernelContainment.Stopped;
import io.kubeguardian.collector.ffm.NativeException;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.WorkloadRef;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/**
 * Which decisions are in force on this node. Idempotent: the same decision twice changes nothing. A decision whose
 * container is not here yet waits for it until it expires. Thread safe.
 */
public final class Containments {
    /** Half of what the kernel's maps hold, so that pods with several cgroups have room, and a health record has too. */
    static final int MOST = 1024;
    /** Ended ones that are still reported. */
    static final int MOST_ENDED = 64;
    /** How far the wall clock may move before the kernel is told the expiries anew. */
    private static final long CLOCK_STEP_NANOS = 100_000_000L;
    private static final int LONGEST_UNTRUSTED = 256;
    private static final String ABSENT = "no cgroup of it on this node";
    private static final String OURSELVES = "the collector itself runs in it";

    /**
     * What this node can do.
     *
     * @param modes of each action: its hooks, or the problem
     * @param isOwn whether the collector itself runs in a cgroup or below it
     */
    public record Means(
            KernelContainment kernel, Freezer freezer, Map<ContainmentAction, ActionMode> modes, LongPredicate isOwn) {}

    private final Means means;
    private final Map<ContainmentAction, String> hooks = new HashMap<>();
    private final CgroupTable cgroups;
    private final AuditTrail audit;
    private final LongSupplier wallNanos;
    private final LongSupplier bootToWall;
    private final Runnable changed;
    private final Map<String, Containment> entries = new LinkedHashMap<>();
    private final Deque<ContainmentStatus> ended = new ArrayDeque<>();
    private long lastOrder;
    private boolean suspended;
    /** The clocks' distance that the kernel's expiries were computed with. */
    private long kernelBootToWall;

    /**
     * @param wallNanos now, in nanoseconds since the Unix epoch
     * @param bootToWall what to take from wall time to have the kernel's boot clock, nanoseconds
     * @param changed called after each change of a state, with the lock held: must not block
     */
    public Containments(Means means, CgroupTable cgroups, AuditTrail audit, LongSupplier wallNanos,
            LongSupplier bootToWall, Runnable changed) {
        this.means = means;
        means.modes().forEach((action, mode) -> hooks.put(action, mode.getHooks()));
        this.cgroups = cgroups;
        this.audit = audit;
        this.wallNanos = wallNanos;
        this.bootToWall = bootToWall;
        this.changed = changed;
        this.kernelBootToWall = bootToWall.getAsLong();
    }

    /** Puts a decision for this node into force, or takes it back. */
    public synchronized void apply(Decision decision) {
        apply(decision, false);
    }

    /** As {@link #apply(Decision)}, of what the topic held when the collector started. */
    public synchronized void restore(Decision decision) {
        apply(decision, true);
    }

    /** A decision that an earlier run froze this cgroup for; the topic has the last word on it. */
    public synchronized void restoreFrozen(long cgroup, Decision decision) {
        Containment left = new Containment(decision, ++lastOrder);
        if (!left.isAbout(cgroups.find(cgroup)) || decision.getExpiresTime() <= wallNanos.getAsLong()) {
            left.cgroups.add(cgroup);
            finish(left, ContainmentState.EXPIRED, AuditEvent.EXPIRED, decision, "while the collector was away");
            return;
        }
        apply(decision, true);
        Containment restored = entries.get(left.key);
        if (restored != null) {
            restored.unconfirmed = true;
        }
    }

    /** What the topic holds of these keys has been applied: what an earlier run left and none of them confirms is over. */
    public synchronized void confirm(Set<String> keys) {
        for (Containment entry : List.copyOf(entries.values())) {
            if (entry.unconfirmed && !keys.contains(entry.key)) {
                end(entry.key, ContainmentState.RELEASED, AuditEvent.RELEASED, entry.decision, "not on the topic any more");
            }
            entry.unconfirmed = false;
        }
    }

    /** A decision that cannot be used, for this reason. What was in force stays so. Nothing in it is trusted. */
    public synchronized void refuse(Decision decision, String reason) {
        Containment refused = new Containment(clipped(decision), 0);
        set(refused, ContainmentState.REFUSED, reason);
        tell(AuditEvent.REFUSED, refused);
        remember(refused);
    }

    private static Decision clipped(Decision decision) {
        Decision clipped = Decision.newBuilder(decision).build();
        clipped.setId(clipped(decision.getId()));
        clipped.setPodUid(clipped(decision.getPodUid()));
        clipped.setContainerId(clipped(decision.getContainerId()));
        clipped.setIssuedBy(clipped(decision.getIssuedBy()));
        clipped.setRequestedBy(clipped(decision.getRequestedBy()));
        clipped.setEvidenceId(clipped(decision.getEvidenceId()));
        clipped.setReason(clipped(decision.getReason()));
        WorkloadRef workload = decision.getWorkload();
        clipped.setWorkload(new WorkloadRef(clipped(workload.getCluster()), clipped(workload.getNamespace()),
                clipped(workload.getKind()), clipped(workload.getName())));
        clipped.setActions(decision.getActions().stream().distinct().toList());
        clipped.setExceptPaths(List.of());
        clipped.setExceptDestinations(List.of());
        return clipped;
    }

    private static String clipped(String text) {
        return text.length() <= LONGEST_UNTRUSTED ? text : text.substring(0, LONGEST_UNTRUSTED) + '…';
    }

    private void apply(Decision decision, boolean restored) {
        if (suspended) {
            return;
        }
        String key = Keys.decision(decision);
        if (decision.getReleased()) {
            end(key, ContainmentState.RELEASED, AuditEvent.RELEASED, decision, "");
            return;
        }
        Containment before = entries.get(key);
        if (before != null && before.decision.equals(decision)) {
            return;
        }
        if (decision.getExpiresTime() <= wallNanos.getAsLong()) {
            end(key, ContainmentState.EXPIRED, AuditEvent.EXPIRED, decision, "");
            return;
        }
        if (before == null && entries.size() >= MOST) {
            refuse(decision, "more than " + MOST + " containments on this node");
            return;
        }
        Containment entry = new Containment(decision, ++lastOrder);
        means.modes().values().stream().filter(mode -> !mode.getProblem().isEmpty())
                .filter(mode -> decision.getActions().contains(mode.getAction()))
                .forEach(mode -> entry.problems.put(mode.getAction(), mode.getProblem()));
        try {
            means.kernel().define(entry.order, decision.getExceptPaths(), decision.getExceptDestinations());
        } catch (NativeException e) {
            refuse(decision, "its exceptions do not fit: " + e.getMessage());
            return;
        }
        entries.put(key, entry);
        cgroups.cgroups(decision.getPodUid(), decision.getContainerId()).forEach(c -> enter(entry, c));
        if (before != null) {
            replace(before, entry);
        }
        settle(entry);
        if (entry.state != null) {
            AuditEvent first = restored ? AuditEvent.RESTORED : AuditEvent.APPLIED;
            tell(!entry.isActive() ? AuditEvent.REFUSED
                    : before != null && before.isActive() ? AuditEvent.RENEWED : first, entry);
        }
    }

    /** The new one is in force already where it can be. */
    private void replace(Containment before, Containment entry) {
        entry.before = before.before.plus(means.kernel().stopped(before.order));
        for (long cgroup : before.cgroups) {
            if (!entry.cgroups.contains(cgroup) || entry.programs().isEmpty()) {
                means.kernel().remove(cgroup, entry.authority);
            }
            if (before.freezes() && !(entry.cgroups.contains(cgroup) && entry.freezes())) {
                thaw(before, cgroup);
            }
        }
        means.kernel().forget(before.order);
    }

    /** The record of this key was deleted from the topic: as a release. */
    public synchronized void forget(String key) {
        Containment entry = entries.get(key);
        if (entry != null) {
            end(key, ContainmentState.RELEASED, AuditEvent.RELEASED, entry.decision, "deleted from the topic");
        }
    }

    /** A new cgroup may be one that a decision waits for. */
    public synchronized void cgroupCreated(long cgroup, Attribution who) {
        for (Containment entry : entries.values()) {
            if (entry.isAbout(who) && !entry.cgroups.contains(cgroup)) {
                ContainmentState before = entry.state;
                enter(entry, cgroup);
                settle(entry);
                if (entry.state != before) {
                    tell(entry.isActive() ? AuditEvent.APPLIED : AuditEvent.REFUSED, entry);
                }
            }
        }
    }

    public synchronized void cgroupRemoved(long cgroup) {
        for (Containment entry : entries.values()) {
            if (entry.cgroups.remove(cgroup)) {
                means.kernel().remove(cgroup, entry.authority);
                settle(entry);
                if (!entry.isActive()) {
                    tell(AuditEvent.GONE, entry);
                }
            }
        }
    }

    /**
     * Ends what has expired; the kernel's programs have stopped by themselves already. When the wall clock was set, the
     * kernel is told the rest's expiries anew: they are wall time, it goes by the boot clock.
     */
    public synchronized void expire() {
        long offset = bootToWall.getAsLong();
        if (Math.abs(offset - kernelBootToWall) >= CLOCK_STEP_NANOS) {
            kernelBootToWall = offset;
            entries.values().forEach(entry -> List.copyOf(entry.cgroups).forEach(c -> enter(entry, c)));
        }
        long now = wallNanos.getAsLong();
        for (Containment entry : List.copyOf(entries.values())) {
            if (entry.decision.getExpiresTime() <= now) {
                end(entry.key, ContainmentState.EXPIRED, AuditEvent.EXPIRED, entry.decision, "");
            }
        }
    }

    /** The collector stops: its programs go with it, what is frozen stays so. */
    public synchronized void suspend() {
        suspended = true;
        for (Containment entry : entries.values()) {
            if (entry.isActive()) {
                entry.programs().forEach(action -> entry.problems.put(action, "the collector stops"));
                settle(entry);
                tell(AuditEvent.SUSPENDED, entry);
            }
        }
    }

    /** All that are in force or wait for a container of this node, and the latest that ended. */
    public synchronized List<ContainmentStatus> statuses() {
        List<ContainmentStatus> statuses = new ArrayList<>(ended);
        entries.values().stream().filter(entry -> entry.state != null).forEach(entry -> statuses.add(status(entry)));
        return statuses;
    }

    private void enter(Containment entry, long cgroup) {
        if (means.isOwn().test(cgroup)) {
            entry.decision.getActions().forEach(action -> entry.problems.putIfAbsent(action, OURSELVES));
            return;
        }
        Set<ContainmentAction> programs = entry.programs();
        try {
            if (!programs.isEmpty()) {
                means.kernel().put(cgroup, entry.authority, entry.order, programs,
                        entry.decision.getExpiresTime() - bootToWall.getAsLong());
            }
        } catch (NativeException e) {
            programs.forEach(action -> entry.problems.put(action, e.getMessage()));
            entry.cgroups.forEach(other -> means.kernel().remove(other, entry.authority));
        }
        try {
            if (entry.freezes()) {
                means.freezer().freeze(cgroup, entry.decision);
            }
        } catch (IOException e) {
            entry.problems.put(ContainmentAction.FREEZE, e.getMessage());
        }
        entry.cgroups.add(cgroup);
    }

    /** Finds the state that what has been done amounts to. */
    private void settle(Containment entry) {
        if (entry.possible().isEmpty()) {
            set(entry, ContainmentState.REFUSED, entry.problemText());
        } else if (!entry.cgroups.isEmpty()) {
            set(entry, ContainmentState.ACTIVE, entry.problemText());
        } else if (entry.state != null || !entry.decision.getNode().isEmpty()) {
            set(entry, ContainmentState.REFUSED, ABSENT);
        }
    }

    private void end(String key, ContainmentState state, AuditEvent event, Decision by, String detail) {
        Containment entry = entries.remove(key);
        if (entry != null) {
            finish(entry, state, event, by, detail);
        }
    }

    /** @param by the decision that ended it: whose word it was, and why */
    private void finish(Containment entry, ContainmentState state, AuditEvent event, Decision by, String detail) {
        entry.cgroups.forEach(cgroup -> {
            means.kernel().remove(cgroup, entry.authority);
            if (entry.freezes()) {
                thaw(entry, cgroup);
            }
        });
        entry.before = stopped(entry);
        means.kernel().forget(entry.order);
        entry.cgroups.clear();
        if (entry.state == null && detail.isEmpty()) {
            return; // it waited for a container that never came here
        }
        set(entry, state, detail.isEmpty() ? entry.problemText() : detail);
        audit.add(event, entry.key, by, List.of(), entry.before, entry.detail);
        remember(entry);
    }

    private void thaw(Containment entry, long cgroup) {
        try {
            means.freezer().thaw(cgroup, entry.authority);
        } catch (IOException e) {
            entry.problems.put(ContainmentAction.FREEZE, "cannot be thawed: " + e.getMessage());
        }
    }

    private void remember(Containment entry) {
        ended.addLast(status(entry));
        if (ended.size() > MOST_ENDED) {
            ended.removeFirst();
        }
    }

    private void set(Containment entry, ContainmentState state, String detail) {
        if (entry.state != state || !entry.detail.equals(detail)) {
            entry.since = entry.state == state ? entry.since : wallNanos.getAsLong();
            entry.state = state;
            entry.detail = detail;
            changed.run();
        }
    }

    private void tell(AuditEvent event, Containment entry) {
        audit.add(event, entry.key, entry.decision, modes(entry), stopped(entry), entry.detail);
    }

    private List<ActionMode> modes(Containment entry) {
        boolean frozen = !entry.freezes() || entry.cgroups.stream().allMatch(means.freezer()::isFrozen);
        return entry.modes(hooks, frozen);
    }

    private Stopped stopped(Containment entry) {
        return entry.before.plus(means.kernel().stopped(entry.order));
    }

    private ContainmentStatus status(Containment entry) {
        return entry.status(stopped(entry), modes(entry));
    }
}
