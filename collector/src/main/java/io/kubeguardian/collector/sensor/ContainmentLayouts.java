package io.kubeguardian.collector.sensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.List;

/** The structs of {@code bpf/include/containment.h}. StructLayoutTest compares them with the BTF of the built object. */
public final class ContainmentLayouts {
    /** Who can order: each has an order of its own for a cgroup. */
    static final int AUTHORITIES = 2;
    /** {@code KG_ORDERS}: most orders, and most contained cgroups. */
    static final int MOST_ORDERS = 2048;
    /** {@code KG_EXCEPTED_PATH}: bytes of a path, its NUL among them. */
    static final int PATH_BYTES = 240;
    static final int ADDRESS_BYTES = 16;

    static final StructLayout ORDER = MemoryLayout.structLayout(
            JAVA_LONG.withName("id"),
            JAVA_LONG.withName("expires"),
            JAVA_INT.withName("actions"),
            JAVA_INT.withName("reserved")).withName("kg_order");

    static final StructLayout CONTAINMENT = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(AUTHORITIES, ORDER).withName("orders")).withName("kg_containment");

    static final StructLayout STOPPED = MemoryLayout.structLayout(
            JAVA_LONG.withName("execs_killed"),
            JAVA_LONG.withName("execs_refused"),
            JAVA_LONG.withName("opens_refused"),
            JAVA_LONG.withName("connections_refused"),
            JAVA_LONG.withName("packets_refused")).withName("kg_stopped");

    static final StructLayout EXCEPTED_PATH = MemoryLayout.structLayout(
            JAVA_INT.withName("bits"),
            JAVA_INT.withName("reserved"),
            JAVA_LONG.withName("order"),
            MemoryLayout.sequenceLayout(PATH_BYTES, JAVA_BYTE).withName("path")).withName("kg_excepted_path");

    static final StructLayout EXCEPTED_DESTINATION = MemoryLayout.structLayout(
            JAVA_INT.withName("bits"),
            JAVA_SHORT.withName("port"),
            JAVA_BYTE.withName("protocol"),
            JAVA_BYTE.withName("v4"),
            JAVA_LONG.withName("order"),
            MemoryLayout.sequenceLayout(ADDRESS_BYTES, JAVA_BYTE).withName("address")).withName("kg_excepted_destination");

    /** All of them. */
    public static final List<StructLayout> ALL =
            List.of(ORDER, CONTAINMENT, STOPPED, EXCEPTED_PATH, EXCEPTED_DESTINATION);

    private ContainmentLayouts() {}
}
