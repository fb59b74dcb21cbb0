package io.kubeguardian.rules;

import java.util.List;

/** A process as rules see it. */
public interface ProcessView {
    /** In the host's pid namespace. */
    int pid();

    /** In the container's pid namespace; 0 when unknown. */
    int containerPid();

    /** Whether it is its container's first process: all that most rules want to know of that number. */
    default boolean isFirst() {
        return containerPid() == 1;
    }

    /** Start in nanoseconds since boot; with the pid and the boot id the process's identity. */
    long startTime();

    /** Base name of the program, at most 15 bytes, as the kernel's comm. */
    String name();

    /** Absolute path of the program; empty when its exec was not seen. */
    String exePath();

    /** The argument vector, argv[0] first; empty when its exec was not seen. */
    List<String> args();

    String cwd();

    int uid();

    int gid();

    /** Flags of its exec, see {@link io.kubeguardian.schema.EventBits}. */
    int execFlags();

    /** Who logged in, as the audit system has it; -1: nobody, or unknown. */
    default int loginUid() {
        return -1;
    }

    /** Session and process group, in the host's pid namespace; 0 when unknown. */
    default int session() {
        return 0;
    }

    default int processGroup() {
        return 0;
    }

    /** Device number of the controlling terminal; 0 without one. */
    default int tty() {
        return 0;
    }

    /** Capability sets as bit masks; 0 when unknown. */
    default long capEffective() {
        return 0;
    }

    default long capPermitted() {
        return 0;
    }

    default long capInheritable() {
        return 0;
    }

    /** The program's file: inode, and times in nanoseconds since the Unix epoch; 0 when unknown. */
    default long exeInode() {
        return 0;
    }

    default long exeChangeTime() {
        return 0;
    }

    default long exeModifyTime() {
        return 0;
    }

    /** Nanoseconds since the Unix epoch of the exec that its program is from; 0: inherited or not seen. */
    default long execTime() {
        return 0;
    }

    /** Nanoseconds since the Unix epoch of its fork, or of its first exec where that was not seen; 0 when unknown. */
    default long startedAt() {
        return 0;
    }

    /** NAME=value of the names that the collector may read. */
    default List<String> environment() {
        return List.of();
    }

    /** Null when unknown, or outside the pod. */
    ProcessView parent();

    /**
     * The name and the arguments after argv[0], joined by blanks: Falco's proc.cmdline. Many rules ask for it: an
     * implementation that outlives an event does well to keep it.
     */
    default String commandLine() {
        List<String> args = args();
        return args.size() < 2 ? name() : name() + " " + String.join(" ", args.subList(1, args.size()));
    }
}
