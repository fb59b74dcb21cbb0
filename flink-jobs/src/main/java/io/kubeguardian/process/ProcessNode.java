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
    /** As the last exec had them, or the parent: login uid (-1 none), session, process group, terminal. */
    public int loginUid = -1;
    public int session;
    public int processGroup;
    public int tty;
    /** Capability sets as bit masks; 0 while unknown. */
    public long capEffective;
    public long capPermitted;
    public long capInheritable;
    /** Of the program's file; 0 while unknown. */
    public long exeInode;
    public long exeChangeTime;
    public long exeModifyTime;
    /** NAME=value. */
    public String[] environment = {};
    /** Of its fork, or of the first exec where that was not seen; nanoseconds since the Unix epoch, 0 while unknown. */
    public long startedAt;
    /** Time of the exec that the program is from, nanoseconds since the Unix epoch; 0: inherited or not seen. */
    public long execTime;
    /** Nanoseconds since the Unix epoch; 0 while it runs. */
    public long exitTime;
    /** Nanoseconds since the Unix epoch, to the minute. */
    public long lastSeen;

    /** Takes over what a child has of its parent: everything that is the program's, and the session. */
    void inherit(ProcessNode parent) {
        exe = parent.exe;
        args = parent.args;
        cwd = parent.cwd;
        execFlags = parent.execFlags;
        loginUid = parent.loginUid;
        session = parent.session;
        processGroup = parent.processGroup;
        tty = parent.tty;
        capEffective = parent.capEffective;
        capPermitted = parent.capPermitted;
        capInheritable = parent.capInheritable;
        exeInode = parent.exeInode;
        exeChangeTime = parent.exeChangeTime;
        exeModifyTime = parent.exeModifyTime;
        environment = parent.environment;
    }

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
