package io.kubeguardian.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the events of one pod into an {@link EventBatch}: keeps the string and process tables, turns absolute
 * times into offsets, sorts each kind by time. Not thread safe. Times given to {@code add…} are nanoseconds since
 * the Unix epoch.
 */
public final class EventBatchBuilder {
    private record ProcessKey(int pid, int containerPid, long startTime, int container, int comm, int uid, int gid) {}

    private final Map<String, Integer> stringIndex = new HashMap<>();
    private final List<String> strings = new ArrayList<>();
    private final Map<ProcessKey, Integer> processIndex = new HashMap<>();
    private final List<ProcessEntry> processes = new ArrayList<>();
    private final List<Exec> execs = new ArrayList<>();
    private final List<Fork> forks = new ArrayList<>();
    private final List<Exit> exits = new ArrayList<>();
    private final List<Open> opens = new ArrayList<>();
    private final List<Connect> connects = new ArrayList<>();
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

    public EventBatchBuilder addExec(
            long time, int process, int parentPid, long parentStartTime, String exe, List<String> args, String cwd,
            int flags) {
        List<Integer> argIndexes = new ArrayList<>(args.size());
        for (String arg : args) {
            argIndexes.add(string(arg));
        }
        execs.add(new Exec(
                seen(time), process, parentPid, parentStartTime, string(exe), argIndexes, string(cwd), flags));
        return this;
    }

    public EventBatchBuilder addFork(long time, int process, int childPid, int childContainerPid, long childStartTime) {
        forks.add(new Fork(seen(time), process, childPid, childContainerPid, childStartTime));
        return this;
    }

    public EventBatchBuilder addExit(long time, int process, int status) {
        exits.add(new Exit(seen(time), process, status));
        return this;
    }

    public EventBatchBuilder addOpen(
            long time, int process, String path, int flags, int mode, int result, int pathFlags) {
        opens.add(new Open(seen(time), process, string(path), flags, mode, result, pathFlags));
        return this;
    }

    public EventBatchBuilder addConnect(
            long time, int process, int family, String address, int port, int result, int flags) {
        connects.add(new Connect(seen(time), process, family, string(address), port, result, flags));
        return this;
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
        execs.forEach(e -> e.setTime(e.getTime() - firstTime));
        forks.forEach(e -> e.setTime(e.getTime() - firstTime));
        exits.forEach(e -> e.setTime(e.getTime() - firstTime));
        opens.forEach(e -> e.setTime(e.getTime() - firstTime));
        connects.forEach(e -> e.setTime(e.getTime() - firstTime));
        execs.sort(Comparator.comparingLong(Exec::getTime));
        forks.sort(Comparator.comparingLong(Fork::getTime));
        exits.sort(Comparator.comparingLong(Exit::getTime));
        opens.sort(Comparator.comparingLong(Open::getTime));
        connects.sort(Comparator.comparingLong(Connect::getTime));
        EventBatch batch = new EventBatch();
        batch.setCluster("");
        batch.setNode("");
        batch.setBootId("");
        batch.setPodUid("");
        batch.setBaseTime(firstTime);
        batch.setLosses(new ArrayList<>());
        batch.setStrings(strings);
        batch.setProcesses(processes);
        batch.setExecs(execs);
        batch.setForks(forks);
        batch.setExits(exits);
        batch.setOpens(opens);
        batch.setConnects(connects);
        return batch;
    }

    private long seen(long time) {
        firstTime = Math.min(firstTime, time);
        count++;
        return time;
    }
}
