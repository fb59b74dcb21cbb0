package io.kubeguardian.process;

import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.Exec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The processes of one pod. State is read once per process and batch, kept here until {@link #commit}, written back
 * once. Links go by identity, so a parent may become known after its child, and a reused pid is another process.
 *
 * <p>An exited process stays while it has descendants that run (their lineage needs it, up to
 * {@value #LINEAGE} generations) and for a grace after its exit (batches may be out of order). When there are more
 * processes than the limit, exited ones go first, then those longest without an event; the latter are counted.
 */
public final class ProcessTree {
    /** Generations of ancestors that are kept and shown. */
    public static final int LINEAGE = 8;

    private static final long MINUTE = 60_000_000_000L;
    private static final int MAX_ARGS = 128;
    private static final int MAX_ARG_CHARS = 8192;

    private final NodeStore store;
    private final int limit;
    private final Map<ProcessId, TreeProcess> batch = new HashMap<>();
    private int size;

    /**
     * @param limit most processes kept
     */
    public ProcessTree(NodeStore store, int limit) {
        this.store = store;
        this.limit = limit;
    }

    /** Starts a batch. {@code stored} is what {@link #size} was after the pod's last batch. */
    public void begin(int stored) {
        batch.clear();
        size = stored;
    }

    /** Processes in the tree, those of the current batch included. */
    public int size() {
        return size;
    }

    /** The process, or null when it was never seen (or is gone). */
    public TreeProcess find(ProcessId id) {
        TreeProcess known = batch.get(id);
        if (known != null) {
            return known;
        }
        try {
            ProcessNode stored = store.get(id);
            if (stored == null) {
                return null;
            }
            TreeProcess process = new TreeProcess(this, stored, false);
            batch.put(id, process);
            return process;
        } catch (Exception e) {
            throw new StateException("cannot read the process tree's state", e);
        }
    }

    /**
     * The process that an event is about, as the kernel named it at that time; it enters the tree when its fork and
     * exec were not seen.
     *
     * @param time of the event, nanoseconds since the Unix epoch
     */
    public TreeProcess acting(
            int pid, int containerPid, long startTime, String containerId, String comm, int uid, int gid, long time) {
        ProcessId id = new ProcessId(pid, startTime);
        TreeProcess process = find(id);
        if (process == null) {
            process = add(id);
        }
        ProcessNode node = process.node;
        if (!node.comm.equals(comm) || node.uid != uid || node.gid != gid || node.containerPid != containerPid
                || !node.containerId.equals(containerId)) {
            node.comm = comm;
            node.uid = uid;
            node.gid = gid;
            node.containerPid = containerPid;
            node.containerId = containerId;
            process.changed = true;
        }
        seen(process, time);
        return process;
    }

    /** A child appeared; until its exec it runs its parent's program. */
    public void fork(TreeProcess parent, int childPid, int childContainerPid, long childStartTime, long time) {
        ProcessId id = new ProcessId(childPid, childStartTime);
        TreeProcess child = find(id);
        if (child == null) {
            child = add(id);
            child.node.comm = parent.node.comm;
            child.node.uid = parent.node.uid;
            child.node.gid = parent.node.gid;
            child.node.containerId = parent.node.containerId;
            child.node.containerPid = childContainerPid;
        }
        ProcessNode node = child.node;
        if (node.parentPid == 0) {
            node.parentPid = parent.node.pid;
            node.parentStartTime = parent.node.startTime;
        }
        if (node.exe.isEmpty()) {
            node.inherit(parent.node);
        }
        node.startedAt = time;
        child.changed = true;
        seen(child, time);
    }

    /** The process runs a new program. An exec older than the one known (out of order) changes nothing but the parent. */
    public void exec(TreeProcess process, Program program, long time) {
        ProcessNode node = process.node;
        Exec raw = program.raw();
        if (node.parentPid == 0) {
            node.parentPid = raw.getParentPid();
            node.parentStartTime = raw.getParentStartTime();
            process.changed = true;
        }
        if (node.startedAt == 0 && node.execTime == 0 && (raw.getFlags() & EventBits.EXEC_FOUND_RUNNING) == 0) {
            node.startedAt = time;
            process.changed = true;
        }
        if (time >= node.execTime) {
            node.exe = program.exe();
            node.args = bounded(program.args());
            node.cwd = program.cwd();
            node.execFlags = raw.getFlags();
            node.loginUid = raw.getLoginUid();
            node.session = raw.getSession();
            node.processGroup = raw.getProcessGroup();
            node.tty = raw.getTty();
            node.capEffective = raw.getCapEffective();
            node.capPermitted = raw.getCapPermitted();
            node.capInheritable = raw.getCapInheritable();
            node.exeInode = raw.getExeInode();
            node.exeChangeTime = raw.getExeChangeTime();
            node.exeModifyTime = raw.getExeModifyTime();
            node.environment = bounded(program.environment());
            node.execTime = time;
            process.changed = true;
        }
    }

    public void exit(TreeProcess process, long time) {
        process.node.exitTime = time;
        process.changed = true;
    }

    /**
     * Ends the batch: writes back what changed and keeps the limit.
     *
     * @return how many processes that had not exited were evicted for the limit
     */
    public int commit() throws Exception {
        for (Map.Entry<ProcessId, TreeProcess> entry : batch.entrySet()) {
            if (entry.getValue().changed) {
                store.put(entry.getKey(), entry.getValue().node);
            }
        }
        batch.clear();
        if (size <= limit) {
            return 0;
        }
        sweep(Long.MAX_VALUE);
        return size <= limit ? 0 : evictOldest();
    }

    /**
     * Removes processes that exited before the given time (nanoseconds since the Unix epoch) and are no ancestors of
     * running ones. Only between batches.
     *
     * @return whether processes are left that exited later and will go with another sweep
     */
    public boolean sweep(long exitedBefore) throws Exception {
        Map<ProcessId, ProcessNode> nodes = new HashMap<>();
        for (ProcessNode node : store.all()) {
            nodes.put(node.id(), node);
        }
        Set<ProcessId> lineage = new HashSet<>();
        for (ProcessNode node : nodes.values()) {
            if (node.exitTime == 0) {
                ProcessNode ancestor = node;
                for (int i = 0; i < LINEAGE && ancestor != null && ancestor.hasParent(); i++) {
                    lineage.add(ancestor.parentId());
                    ancestor = nodes.get(ancestor.parentId());
                }
            }
        }
        int kept = 0;
        boolean more = false;
        for (Map.Entry<ProcessId, ProcessNode> entry : nodes.entrySet()) {
            long exit = entry.getValue().exitTime;
            boolean over = exit != 0 && !lineage.contains(entry.getKey());
            if (over && exit < exitedBefore) {
                store.remove(entry.getKey());
            } else {
                kept++;
                more |= over;
            }
        }
        size = kept;
        return more;
    }

    private int evictOldest() throws Exception {
        List<ProcessNode> nodes = new ArrayList<>();
        store.all().forEach(nodes::add);
        nodes.sort(Comparator.comparingLong((ProcessNode n) -> n.exitTime == 0 ? 1 : 0)
                .thenComparingLong(n -> n.lastSeen)
                .thenComparingLong(n -> n.startTime));
        // An eighth at once: finding the oldest reads the whole tree, which must not happen at every batch.
        int surplus = nodes.size() - (limit - limit / 8);
        int running = 0;
        for (ProcessNode node : nodes.subList(0, surplus)) {
            store.remove(node.id());
            if (node.exitTime == 0) {
                running++;
            }
        }
        size = nodes.size() - surplus;
        return running;
    }

    private TreeProcess add(ProcessId id) {
        ProcessNode node = new ProcessNode();
        node.pid = id.pid;
        node.startTime = id.startTime;
        TreeProcess process = new TreeProcess(this, node, true);
        batch.put(id, process);
        size++;
        return process;
    }

    private static void seen(TreeProcess process, long time) {
        // To the minute: a process is not written back at every batch for its age alone.
        if (time - process.node.lastSeen >= MINUTE) {
            process.node.lastSeen = time;
            process.changed = true;
        }
    }

    private static String[] bounded(List<String> args) {
        int chars = 0;
        int count = 0;
        while (count < args.size() && count < MAX_ARGS && chars < MAX_ARG_CHARS) {
            chars += args.get(count++).length();
        }
        String[] kept = args.subList(0, count).toArray(new String[0]);
        if (chars > MAX_ARG_CHARS) {
            String last = kept[count - 1];
            kept[count - 1] = last.substring(0, last.length() - (chars - MAX_ARG_CHARS));
        }
        return kept;
    }
}
