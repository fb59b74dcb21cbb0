package io.kubeguardian.collector.event;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.List;

/**
 * The structs of {@code bpf/include/events.h}. StructLayoutTest compares them with the BTF of the built object. A
 * flexible {@code data} member is left out: it starts where the layout ends.
 */
public final class KernelLayouts {
    public static final int TYPE_EXEC = 1;
    public static final int TYPE_FORK = 2;
    public static final int TYPE_EXIT = 3;
    public static final int TYPE_OPEN = 4;
    public static final int TYPE_CONNECT = 5;
    public static final int TYPE_CGROUP_MKDIR = 6;
    public static final int TYPE_CGROUP_RMDIR = 7;

    public static final int COMM_BYTES = 16;

    public static final int KILL_EXEC = 1;
    public static final int DENY_EXEC = 2;
    public static final int DENY_NETWORK = 4;

    public static final StructLayout HEADER = MemoryLayout.structLayout(
            JAVA_LONG.withName("time"),
            JAVA_LONG.withName("cgroup"),
            JAVA_LONG.withName("start_time"),
            JAVA_INT.withName("type"),
            JAVA_INT.withName("pid"),
            JAVA_INT.withName("container_pid"),
            JAVA_INT.withName("uid"),
            JAVA_INT.withName("gid"),
            MemoryLayout.sequenceLayout(COMM_BYTES, JAVA_BYTE).withName("comm"),
            JAVA_INT.withName("reserved")).withName("kg_header");

    public static final StructLayout EXEC = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_LONG.withName("parent_start_time"),
            JAVA_INT.withName("parent_pid"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("exe_length"),
            JAVA_INT.withName("cwd_length"),
            JAVA_INT.withName("args_length"),
            JAVA_INT.withName("reserved")).withName("kg_exec");

    public static final StructLayout FORK = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_LONG.withName("child_start_time"),
            JAVA_INT.withName("child_pid"),
            JAVA_INT.withName("child_container_pid")).withName("kg_fork");

    public static final StructLayout EXIT = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("status"),
            JAVA_INT.withName("reserved")).withName("kg_exit");

    public static final StructLayout OPEN = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("result"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("mode"),
            JAVA_INT.withName("path_flags"),
            JAVA_INT.withName("given_length"),
            JAVA_INT.withName("walked_length")).withName("kg_open");

    public static final StructLayout CONNECT = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("result"),
            JAVA_INT.withName("family"),
            JAVA_INT.withName("port"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("address_length"),
            JAVA_INT.withName("reserved")).withName("kg_connect");

    public static final StructLayout CGROUP = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("path_length"),
            JAVA_INT.withName("reserved")).withName("kg_cgroup");

    public static final StructLayout CONTAINMENT = MemoryLayout.structLayout(
            JAVA_LONG.withName("expires"),
            JAVA_INT.withName("actions"),
            JAVA_INT.withName("reserved"),
            JAVA_LONG.withName("execs_killed"),
            JAVA_LONG.withName("connections_refused")).withName("kg_containment");

    public static final StructLayout SETTINGS = MemoryLayout.structLayout(
            JAVA_LONG.withName("root_cgroup"),
            JAVA_INT.withName("root_level"),
            JAVA_INT.withName("reserved")).withName("kg_settings");

    /** All of them. */
    public static final List<StructLayout> ALL =
            List.of(HEADER, EXEC, FORK, EXIT, OPEN, CONNECT, CGROUP, CONTAINMENT, SETTINGS);

    private KernelLayouts() {}

    /** Byte offset of a member. */
    public static long offset(StructLayout struct, String member) {
        return struct.byteOffset(PathElement.groupElement(member));
    }
}
