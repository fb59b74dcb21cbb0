package io.kubeguardian.process;

import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.Exec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The processes of one pod at a time. What of a pod is in hand ({@link HeldProcesses}) is not read again from the store,
 * and changes are written back when the pod is put away or a checkpoint needs them: most processes come and go between two
 * checkpoints. Links go by identity, so a parent may become known after its child, and a reused pid is another process.
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
    private final Lineages lineages = new Lineages();
    private HeldProcesses held = HeldProcesses.ofNewPod();
    /** Counts whatever may change how a process looks to rules; of another pod everything looks different. */
    private long changes;
    /** Whether a process was asked for what its {@link Lineage} does not tell. */
    private boolean askedForMore;

    /**
     * @param limit most processes kept
     */
    public ProcessTree(NodeStore store, int limit) {
        this.store = store;
        this.limit = limit;
    }

    /** Starts a batch of the pod whose processes these are. */
    public void begin(HeldProcesses processes) {
        held = processes;
        changes++;
    }

    /** The process, or null when it was never seen (or is gone). */
    public TreeProcess find(ProcessId id) {
        TreeProcess known = held.byId.get(id);
        if (known != null || held.isAbsent(id)) {
            return known;
        }
        try {
            ProcessNode stored = store.get(id);
            if (stored == null) {
                held.absent(id);
                return null;
            }
            TreeProcess process = TreeProcess.stored(this, stored);
            held.byId.put(id, process);
            return process;
        } catch (Exception e) {
            throw new StateException("cannot read the process tree's state", e);
        }
    }

    Lineage lineage(TreeProcess process) {
        return lineages.of(process, changes);
    }

    void forgetQuestions() {
        askedForMore = false;
    }

    boolean isAskedForMore() {
        return askedForMore;
    }

    void askedForMore() {
        askedForMore = true;
    }

    private void changed(TreeProcess process) {
        process.changed = true;
        process.traits = null;
        process.commandLine = null;
        changes++;
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
            changed(process);
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
        changed(child);
        seen(child, time);
    }

    /** The process runs a new program. An exec older than the one known (out of order) changes nothing but the parent. */
    public void exec(TreeProcess process, Program program, long time) {
        ProcessNode node = process.node;
        Exec raw = program.raw();
        if (node.parentPid == 0) {
            node.parentPid = raw.getParentPid();
            node.parentStartTime = raw.getParentStartTime();
            changed(process);
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
            changed(process);
        }
    }

    public void exit(TreeProcess process, long time) {
        process.node.exitTime = time;
        process.changed = true;
    }

    /**
     * Ends the batch: keeps the limit.
     *
     * @return how many processes that had not exited were evicted for the limit
     */
    public int commit() throws Exception {
        if (held.all <= limit) {
            return 0;
        }
        sweep(Long.MAX_VALUE);
        return held.all <= limit ? 0 : evictOldest();
    }

    /** Writes what changed back to the store, whose current pod must be that of the processes. They stay in hand. */
    public void flush(HeldProcesses processes) throws Exception {
        for (Map.Entry<ProcessId, TreeProcess> entry : processes.byId.entrySet()) {
            TreeProcess process = entry.getValue();
            if (process.changed) {
                store.put(entry.getKey(), process.node);
                process.changed = false;
                process.stored = true;
            }
        }
    }

    /**
     * Removes processes that exited before the given time (nanoseconds since the Unix epoch) and are no ancestors of
     * running ones. Only between batches.
     *
     * @return whether processes are left that exited later and will go with another sweep
     */
    public boolean sweep(long exitedBefore) throws Exception {
        takeAllInHand();
        Set<ProcessId> lineage = new HashSet<>();
        for (TreeProcess process : held.byId.values()) {
            if (process.node.exitTime == 0) {
                TreeProcess ancestor = process;
                for (int i = 0; i < LINEAGE && ancestor != null && ancestor.node.hasParent(); i++) {
                    ProcessId parent = ancestor.node.parentId();
                    lineage.add(parent);
                    ancestor = held.byId.get(parent);
                }
            }
        }
        boolean more = false;
        for (Iterator<Map.Entry<ProcessId, TreeProcess>> all = held.byId.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<ProcessId, TreeProcess> entry = all.next();
            long exit = entry.getValue().node.exitTime;
            if (exit == 0 || lineage.contains(entry.getKey())) {
                continue;
            }
            if (exit < exitedBefore) {
                forget(entry.getKey(), entry.getValue());
                all.remove();
            } else {
                more = true;
            }
        }
        held.all = held.byId.size();
        return more;
    }

    private int evictOldest() throws Exception {
        takeAllInHand();
        List<TreeProcess> processes = new ArrayList<>(held.byId.values());
        processes.sort(Comparator.comparingLong((TreeProcess p) -> p.node.exitTime == 0 ? 1 : 0)
                .thenComparingLong(p -> p.node.lastSeen)
                .thenComparingLong(p -> p.node.startTime));
        // An eighth at once: finding the oldest looks at the whole tree, which must not happen at every batch.
        int surplus = processes.size() - (limit - limit / 8);
        int running = 0;
        for (TreeProcess process : processes.subList(0, surplus)) {
            forget(process.node.id(), process);
            held.byId.remove(process.node.id());
            if (process.node.exitTime == 0) {
                running++;
            }
        }
        held.all = held.byId.size();
        return running;
    }

    private void takeAllInHand() throws Exception {
        if (!held.complete) {
            for (ProcessNode node : store.all()) {
                held.byId.computeIfAbsent(node.id(), id -> TreeProcess.stored(this, node));
            }
            held.complete = true;
        }
    }

    private void forget(ProcessId id, TreeProcess process) throws Exception {
        if (process.stored) {
            store.remove(id);
        }
    }

    private TreeProcess add(ProcessId id) {
        ProcessNode node = new ProcessNode();
        node.pid = id.pid;
        node.startTime = id.startTime;
        TreeProcess process = TreeProcess.seen(this, node);
        held.add(id, process);
        changes++; // it may be the parent of one that is known
        return process;
    }

    /** An event of the process at that time, nanoseconds since the Unix epoch. */
    public void seen(TreeProcess process, long time) {
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
