package io.kubeguardian.rules;

import java.util.List;

/** A process as rules see it. */
public interface ProcessView {
    /** In the host's pid namespace. */
    int pid();

    /** In the container's pid namespace; 0 when unknown. */
    int containerPid();

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
