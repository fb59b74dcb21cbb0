package io.kubeguardian.process;

/** What is remembered of one process. Flink POJO, kept in keyed state. Strings are empty while unknown. */
public final class ProcessNode {
    public int pid;
    public int containerPid;
    /** Nanoseconds since boot. */
    public long startTime;
    /** With {@link #parentStartTime} the parent's identity; 0 while unknown. */
    public int parentPid;
    public long parentStartTime;
    public String containerId = "";
    public String comm = "";
    public String exe = "";
    public String cwd = "";
    public String[] args = {};
    public int uid;
    public int gid;
    /** See {@link io.kubeguardian.schema.EventBits}. */
    public int execFlags;
    /** Time of the exec that the program is from, nanoseconds since the Unix epoch; 0: inherited or not seen. */
    public long execTime;
    /** Nanoseconds since the Unix epoch; 0 while it runs. */
    public long exitTime;
    /** Nanoseconds since the Unix epoch, to the minute. */
    public long lastSeen;

    public ProcessId id() {
        return new ProcessId(pid, startTime);
    }

    public ProcessId parentId() {
        return new ProcessId(parentPid, parentStartTime);
    }

    /**
     * Whether the parent is named and can be one: it started before its child. Input that claims otherwise would
     * let ancestors run in a circle.
     */
    public boolean hasParent() {
        return parentPid > 0
                && (parentStartTime < startTime || parentStartTime == startTime && parentPid < pid);
    }
}
