package io.kubeguardian.collector.event;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
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
    public static final int TYPE_FILE_CHANGE = 8;
    public static final int TYPE_SOCKET_CALL = 9;
    public static final int TYPE_DNS = 10;
    public static final int TYPE_DUP = 11;
    public static final int TYPE_CALL = 12;
    /** One more than the highest. */
    static final int TYPES = 13;

    public static final int COMM_BYTES = 16;

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

    public static final StructLayout SETTINGS = MemoryLayout.structLayout(
            JAVA_LONG.withName("root_cgroup"),
            JAVA_INT.withName("root_level"),
            JAVA_INT.withName("count_calls"),
            JAVA_LONG.withName("precious_quarter"),
            JAVA_LONG.withName("bulk_quarter"),
            JAVA_LONG.withName("open_repeat_ns")).withName("kg_settings");

    public static final StructLayout READER = MemoryLayout.structLayout(
            JAVA_INT.withName("idle"),
            MemoryLayout.sequenceLayout(15, JAVA_INT).withName("reserved"),
            JAVA_LONG.withName("precious_lost"),
            JAVA_LONG.withName("bulk_lost")).withName("kg_reader");

    public static final StructLayout ENVIRONMENT_NAME = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(4, JAVA_LONG).withName("text"),
            MemoryLayout.sequenceLayout(4, JAVA_LONG).withName("mask")).withName("kg_environment_name");

    public static final StructLayout COUNTS = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(512, JAVA_INT).withName("calls")).withName("kg_counts");

    public static final StructLayout CPU = MemoryLayout.structLayout(
            JAVA_INT.withName("turn"),
            JAVA_INT.withName("room"),
            JAVA_LONG.withName("cgroup"),
            JAVA_LONG.withName("outside"),
            JAVA_INT.withName("kinds"),
            MemoryLayout.sequenceLayout(64, JAVA_SHORT).withName("kind"),
            JAVA_INT.withName("reserved"),
            MemoryLayout.sequenceLayout(512, JAVA_INT).withName("calls")).withName("kg_cpu");

    /** All of them. */
    public static List<StructLayout> all() {
        List<StructLayout> all = new ArrayList<>(List.of(HEADER, SETTINGS, READER, ENVIRONMENT_NAME, COUNTS, CPU));
        all.addAll(ProcessRecords.LAYOUTS);
        all.addAll(FileRecords.LAYOUTS);
        all.addAll(DescriptorRecords.LAYOUTS);
        all.addAll(NetworkRecords.LAYOUTS);
        all.addAll(DnsRecords.LAYOUTS);
        all.addAll(CgroupRecords.LAYOUTS);
        all.addAll(CallRecords.LAYOUTS);
        return all;
    }

    private KernelLayouts() {}

    /** Byte offset of a member. */
    public static long offset(StructLayout struct, String member) {
        return struct.byteOffset(PathElement.groupElement(member));
    }
}
