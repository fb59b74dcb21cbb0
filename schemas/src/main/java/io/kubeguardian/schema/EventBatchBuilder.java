package io.kubeguardian.schema;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects the events of one pod into an {@link EventBatch}: keeps the string and process tables, turns absolute
 * times into offsets, sorts each kind by time. Not thread safe. Times given to {@code add…} are nanoseconds since
 * the Unix epoch.
 */
public final class EventBatchBuilder {
    private record ProcessKey(int pid, int containerPid, long startTime, int container, int comm, int uid, int gid) {
        // By hand: those of records go through method handles, which a first-tier compiler does not see through.
        @Override
        public int hashCode() {
            return 31 * (31 * pid + comm) + Long.hashCode(startTime);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ProcessKey that && pid == that.pid && startTime == that.startTime && comm == that.comm
                    && containerPid == that.containerPid && container == that.container && uid == that.uid
                    && gid == that.gid;
        }
    }

    private final Map<String, Integer> stringIndex = new HashMap<>();
    private final List<String> strings = new ArrayList<>();
    private final Map<ProcessKey, Integer> processIndex = new HashMap<>();
    private final List<ProcessEntry> processes = new ArrayList<>();
    private final Map<EventKind<?>, List<?>> events = new IdentityHashMap<>();
    /** Precious events of bulk kinds, by identity. */
    private final Set<Object> exceptions = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<EventKind<?>, BitSet> mask = new IdentityHashMap<>();
    private EventKind<?> lastKind;
    private Object last;
    private long firstTime = Long.MAX_VALUE;
    private int count;

    public EventBatchBuilder() {
        string("");
    }

    /** Index of a string in the table, which it enters if it is new. */
    public int string(String value) {
        Integer known = stringIndex.putIfAbsent(value, strings.size());
        if (known != null) {
            return known;
        }
        strings.add(value);
        return strings.size() - 1;
    }

    /** Indexes of strings in the table. */
    public List<Integer> strings(List<String> values) {
        List<Integer> indexes = new ArrayList<>(values.size());
        for (String value : values) {
            indexes.add(string(value));
        }
        return indexes;
    }

    /** Index of a process in the table, which it enters if it is new. */
    public int process(int pid, int containerPid, long startTime, String containerId, String comm, int uid, int gid) {
        int container = string(containerId);
        int commIndex = string(comm);
        ProcessKey key = new ProcessKey(pid, containerPid, startTime, container, commIndex, uid, gid);
        Integer known = processIndex.putIfAbsent(key, processes.size());
        if (known != null) {
            return known;
        }
        processes.add(new ProcessEntry(pid, containerPid, startTime, container, commIndex, uid, gid));
        return processes.size() - 1;
    }

    /** As {@link #add(Exec)}, with what every sensor knows. */
    public EventBatchBuilder addExec(
            long time, int process, int parentPid, long parentStartTime, String exe, List<String> args, String cwd,
            int flags) {
        List<Integer> argIndexes = strings(args);
        return add(Exec.newBuilder().setTime(time).setProcess(process).setParentPid(parentPid)
                .setParentStartTime(parentStartTime).setExe(string(exe)).setArgs(argIndexes).setCwd(string(cwd))
                .setFlags(flags).build());
    }

    public EventBatchBuilder addFork(long time, int process, int childPid, int childContainerPid, long childStartTime) {
        return add(EventKind.FORK, new Fork(time, process, childPid, childContainerPid, childStartTime));
    }

    public EventBatchBuilder addExit(long time, int process, int status) {
        return add(EventKind.EXIT, new Exit(time, process, status));
    }

    /** As {@link #add(Open)}, with what every sensor knows. */
    public EventBatchBuilder addOpen(
            long time, int process, String path, int flags, int mode, int result, int pathFlags) {
        return add(new Open(time, process, string(path), flags, mode, result, pathFlags, 0, 0, 0));
    }

    /** As {@link #add(Connect)}, with what every sensor knows. */
    public EventBatchBuilder addConnect(
            long time, int process, int family, String address, int port, int result, int flags) {
        return add(new Connect(time, process, family, string(address), port, result, flags, -1, 0, 0, 0, 0, 0, 0));
    }

    /** Adds an event whose indexes are from {@link #process} and {@link #string}; its time is absolute still. */
    public EventBatchBuilder add(Exec event) {
        return add(EventKind.EXEC, event);
    }

    /** As {@link #add(Exec)}. */
    public EventBatchBuilder add(Open event) {
        return add(EventKind.OPEN, event);
    }

    /** As {@link #add(Exec)}. */
    public EventBatchBuilder add(Connect event) {
        return add(EventKind.CONNECT, event);
    }

    /** As {@link #add(Exec)}. */
    public EventBatchBuilder add(FileChange event) {
        return add(EventKind.FILE_CHANGE, event);
    }

    /** As {@link #add(Exec)}. */
    public EventBatchBuilder add(SocketCall event) {
        return add(EventKind.SOCKET_CALL, event);
    }

    /** As {@link #add(Exec)}. */
    public EventBatchBuilder add(Dns event) {
        return add(EventKind.DNS, event);
    }

    /** As {@link #add(Exec)}. */
    public EventBatchBuilder add(Dup event) {
        return add(EventKind.DUP, event);
    }

    /** As {@link #add(Exec)}. */
    public EventBatchBuilder add(Call event) {
        return add(EventKind.CALL, event);
    }

    /** As {@link #add(Exec)}. */
    public EventBatchBuilder add(SyscallCounts event) {
        return add(EventKind.SYSCALL_COUNTS, event);
    }

    /** As {@link #add(Exec)}. */
    public EventBatchBuilder add(ContainerChange event) {
        return add(EventKind.CONTAINER_CHANGE, event);
    }

    /** As {@link #add(Exec)}. */
    public EventBatchBuilder add(Foreign event) {
        return add(EventKind.FOREIGN, event);
    }

    private <T> EventBatchBuilder add(EventKind<T> kind, T event) {
        list(kind).add(event);
        lastKind = kind;
        last = event;
        firstTime = Math.min(firstTime, kind.time().applyAsLong(event));
        count++;
        return this;
    }

    /** Only {@link #add(EventKind, Object)} puts anything in, under its own kind. */
    @SuppressWarnings("unchecked")
    private <T> List<T> list(EventKind<T> kind) {
        return (List<T>) events.computeIfAbsent(kind, none -> new ArrayList<T>());
    }

    /** The event added last is precious, whatever most of its kind are. */
    public void lastIsPrecious() {
        if (EventKind.BULK.contains(lastKind)) {
            exceptions.add(last);
        }
    }

    /** Number of events added. */
    public int size() {
        return count;
    }

    /**
     * The batch, with the fields that only its sender knows (cluster, node, boot id, epoch, sequences, losses, pod)
     * still empty or zero. The builder must not be used afterwards.
     *
     * @throws IllegalStateException when no event was added
     */
    public EventBatch build() {
        if (count == 0) {
            throw new IllegalStateException("a batch without events");
        }
        return whole();
    }

    /** A batch without events: for what the head of a batch says. @param time nanoseconds since the Unix epoch */
    public static EventBatch empty(long time) {
        EventBatchBuilder none = new EventBatchBuilder();
        none.firstTime = time;
        return none.whole();
    }

    private EventBatch whole() {
        EventBatch batch = new EventBatch();
        batch.setCluster("");
        batch.setNode("");
        batch.setBootId("");
        batch.setPodUid("");
        batch.setBaseTime(firstTime);
        batch.setLosses(new ArrayList<>());
        batch.setStrings(strings);
        batch.setProcesses(processes);
        EventKind.ALL.forEach(kind -> finish(kind, batch));
        return batch;
    }

    private <T> void finish(EventKind<T> kind, EventBatch batch) {
        List<T> own = list(kind);
        own.forEach(event -> kind.setTime().accept(event, kind.time().applyAsLong(event) - firstTime));
        own.sort(Comparator.comparingLong(kind.time()));
        kind.setList().accept(batch, own);
        if (!exceptions.isEmpty() && EventKind.BULK.contains(kind)) {
            for (int i = 0; i < own.size(); i++) {
                if (exceptions.contains(own.get(i))) {
                    mask.computeIfAbsent(kind, none -> new BitSet()).set(i);
                }
            }
        }
    }

    /** Of the batch that was built. */
    public PreciousMask mask() {
        return PreciousMask.of(mask);
    }
}
