package io.kubeguardian.collector.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * libbpf 1.x, as its headers {@code bpf/libbpf.h} and {@code bpf/bpf.h} declare it. Objects, programs, maps and links
 * are opaque addresses; the classes of the sensor package give them meaning. Functions that return a number return
 * the negative errno; those that return an address return NULL and leave errno.
 */
public final class Libbpf {
    private static final String NAME = "libbpf.so.1";
    private static final SymbolLookup LIBRARY = library();
    private static final int LOG_STATS = 4; // BPF_LOG_STATS of the kernel's include/linux/bpf_verifier.h

    private static final MethodHandle SET_PRINT = number("libbpf_set_print", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle POSSIBLE_CPUS =
            number("libbpf_num_possible_cpus", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle OPEN_MEM =
            address("bpf_object__open_mem", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle LOAD = number("bpf_object__load", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle CLOSE = number("bpf_object__close", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle FIND_PROGRAM =
            address("bpf_object__find_program_by_name", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle FIND_MAP =
            address("bpf_object__find_map_by_name", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle NEXT_PROGRAM =
            number("bpf_object__next_program", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle PROGRAM_NAME =
            number("bpf_program__name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle PROGRAM_SECTION =
            number("bpf_program__section_name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle PROGRAM_FD =
            number("bpf_program__fd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle OBJECT_INFO =
            number("bpf_obj_get_info_by_fd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SET_AUTOLOAD =
            number("bpf_program__set_autoload", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle SET_LOG_LEVEL =
            number("bpf_program__set_log_level", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SET_LOG =
            number("bpf_program__set_log_buf", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle ATTACH =
            address("bpf_program__attach", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle ATTACH_CGROUP =
            address("bpf_program__attach_cgroup", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle DESTROY_LINK =
            number("bpf_link__destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle LINK_FD = number("bpf_link__fd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle ITER_CREATE =
            number("bpf_iter_create", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle MAP_FD = number("bpf_map__fd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle MAP_SET_SIZE =
            number("bpf_map__set_max_entries", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle MAP_INITIAL =
            address("bpf_map__initial_value", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle LOOKUP =
            number("bpf_map_lookup_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle NEXT_KEY =
            number("bpf_map_get_next_key", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle UPDATE =
            number("bpf_map_update_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle DELETE =
            number("bpf_map_delete_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    private Libbpf() {}

    /** Why libbpf cannot be used here, or empty. Never throws. */
    public static String missing() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(NAME, arena);
            return "";
        } catch (IllegalCallerException e) {
            return "native access is off: " + Natives.FLAG;
        } catch (IllegalArgumentException e) {
            return NAME + " is missing (Debian package libbpf1)";
        }
    }

    private static SymbolLookup library() {
        String missing = missing();
        if (!missing.isEmpty()) {
            throw new NativeException(missing, null);
        }
        return SymbolLookup.libraryLookup(NAME, Arena.global());
    }

    private static MethodHandle number(String name, FunctionDescriptor type) {
        return Natives.function(LIBRARY, name, type);
    }

    private static MethodHandle address(String name, FunctionDescriptor type) {
        return Natives.function(LIBRARY, name, type, Natives.KEEP_ERRNO);
    }

    /** Turns libbpf's own messages on stderr off: failures reach the caller as exceptions. */
    public static void quiet() {
        try {
            MemorySegment ignored = (MemorySegment) SET_PRINT.invokeExact(MemorySegment.NULL);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    public static int possibleCpus() {
        try {
            return check("libbpf_num_possible_cpus", (int) POSSIBLE_CPUS.invokeExact());
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    public static MemorySegment openObject(byte[] elf) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            MemorySegment bytes = call.allocate(elf.length, 8);
            bytes.copyFrom(MemorySegment.ofArray(elf));
            return check("bpf_object__open_mem", state,
                    (MemorySegment) OPEN_MEM.invokeExact(state, bytes, (long) elf.length, MemorySegment.NULL));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    public static void load(MemorySegment object) {
        try {
            check("load of the BPF programs", (int) LOAD.invokeExact(object));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Also unloads what was loaded, except what links still hold. */
    public static void closeObject(MemorySegment object) {
        try {
            CLOSE.invokeExact(object);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    public static MemorySegment program(MemorySegment object, String name) {
        return find(FIND_PROGRAM, "BPF program", object, name);
    }

    public static MemorySegment map(MemorySegment object, String name) {
        return find(FIND_MAP, "BPF map", object, name);
    }

    private static MemorySegment find(MethodHandle function, String kind, MemorySegment object, String name) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            return check(kind + ' ' + name, state,
                    (MemorySegment) function.invokeExact(state, object, call.allocateFrom(name)));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    public static void setAutoload(MemorySegment program, boolean load) {
        try {
            check("bpf_program__set_autoload", (int) SET_AUTOLOAD.invokeExact(program, load));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** All programs of an object, in its order. */
    public static List<MemorySegment> programs(MemorySegment object) {
        List<MemorySegment> programs = new ArrayList<>();
        try {
            MemorySegment program = (MemorySegment) NEXT_PROGRAM.invokeExact(object, MemorySegment.NULL);
            while (program.address() != 0) {
                programs.add(program);
                program = (MemorySegment) NEXT_PROGRAM.invokeExact(object, program);
            }
            return programs;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Name of the C function. */
    public static String programName(MemorySegment program) {
        return text(PROGRAM_NAME, program);
    }

    /** What its {@code SEC()} says. */
    public static String programSection(MemorySegment program) {
        return text(PROGRAM_SECTION, program);
    }

    private static String text(MethodHandle function, MemorySegment program) {
        try {
            return ((MemorySegment) function.invokeExact(program)).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** The program's descriptor, after load. */
    public static int programFd(MemorySegment program) {
        try {
            return check("bpf_program__fd", (int) PROGRAM_FD.invokeExact(program));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /**
     * What the kernel says of a program, by its descriptor.
     *
     * @param info takes {@code struct bpf_prog_info}, as far as it has room; zero, so that no lists are asked for
     */
    public static void programInfo(int program, MemorySegment info) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment length = call.allocate(JAVA_INT);
            length.set(JAVA_INT, 0, (int) info.byteSize());
            check("bpf_obj_get_info_by_fd", (int) OBJECT_INFO.invokeExact(program, info, length));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /**
     * Where the verifier writes why it rejects the program; must live until the object is loaded. Not its every step:
     * that fills any log, and before Linux 6.4 a full log is ENOSPC whatever the verdict.
     */
    public static void setLog(MemorySegment program, MemorySegment log) {
        try {
            check("bpf_program__set_log_buf", (int) SET_LOG.invokeExact(program, log, log.byteSize()));
            check("bpf_program__set_log_level", (int) SET_LOG_LEVEL.invokeExact(program, LOG_STATS));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Attaches where the program's section says; the link. */
    public static MemorySegment attach(MemorySegment program) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            return check("attach", state, (MemorySegment) ATTACH.invokeExact(state, program));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Attaches to a cgroup, given by a descriptor of its directory; the link. */
    public static MemorySegment attachCgroup(MemorySegment program, int cgroup) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            return check("attach to cgroup", state, (MemorySegment) ATTACH_CGROUP.invokeExact(state, program, cgroup));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Detaches. */
    public static void destroyLink(MemorySegment link) {
        try {
            check("bpf_link__destroy", (int) DESTROY_LINK.invokeExact(link));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Starts the walk of an attached iterator: a descriptor to read from, which the caller closes. */
    public static int iterator(MemorySegment link) {
        try {
            return check("bpf_iter_create", (int) ITER_CREATE.invokeExact((int) LINK_FD.invokeExact(link)));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** The map's descriptor, after load. */
    public static int mapFd(MemorySegment map) {
        try {
            return check("bpf_map__fd", (int) MAP_FD.invokeExact(map));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Before load. */
    public static void setMaxEntries(MemorySegment map, int entries) {
        try {
            check("bpf_map__set_max_entries", (int) MAP_SET_SIZE.invokeExact(map, entries));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** The content of a data section, to be set before load. */
    public static MemorySegment initialValue(MemorySegment map) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            MemorySegment size = call.allocate(JAVA_LONG);
            MemorySegment value = check("bpf_map__initial_value", state,
                    (MemorySegment) MAP_INITIAL.invokeExact(state, map, size));
            return value.reinterpret(size.get(JAVA_LONG, 0));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** False when there is no such key. */
    public static boolean lookup(int map, MemorySegment key, MemorySegment value) {
        try {
            return (int) LOOKUP.invokeExact(map, key, value) == 0;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /**
     * The key after this one in the map's own order.
     *
     * @param key NULL, or one that is gone, for the first
     * @return false at the end
     */
    public static boolean nextKey(int map, MemorySegment key, MemorySegment next) {
        try {
            return (int) NEXT_KEY.invokeExact(map, key, next) == 0;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    public static void update(int map, MemorySegment key, MemorySegment value) {
        try {
            check("bpf_map_update_elem", (int) UPDATE.invokeExact(map, key, value, 0L));
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** False when there was no such key. */
    public static boolean delete(int map, MemorySegment key) {
        try {
            return (int) DELETE.invokeExact(map, key) == 0;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    private static int check(String call, int result) {
        if (result < 0) {
            throw new NativeException(call, -result);
        }
        return result;
    }

    private static MemorySegment check(String call, MemorySegment state, MemorySegment result) {
        if (result.address() == 0) {
            throw new NativeException(call, Natives.errno(state));
        }
        return result;
    }
}
