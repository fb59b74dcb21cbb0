package io.kubeguardian.collector.sensor;

import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.kubeguardian.collector.contain.Authority;
import io.kubeguardian.collector.contain.KernelContainment;
import io.kubeguardian.collector.ffm.Libbpf;
import io.kubeguardian.collector.ffm.NativeException;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentExceptions;
import io.kubeguardian.schema.ExceptedDestination;
import io.kubeguardian.schema.IpNetwork;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The kernel's maps of containments, see {@code bpf/include/containment.h}. Thread safe. */
public final class ContainmentMap implements KernelContainment {
    private static final long ID = offset(ContainmentLayouts.ORDER, "id");
    private static final long EXPIRES = offset(ContainmentLayouts.ORDER, "expires");
    private static final long ACTIONS = offset(ContainmentLayouts.ORDER, "actions");
    private static final long PATH = offset(ContainmentLayouts.EXCEPTED_PATH, "path");
    private static final long PATH_ORDER = offset(ContainmentLayouts.EXCEPTED_PATH, "order");
    private static final long PORT = offset(ContainmentLayouts.EXCEPTED_DESTINATION, "port");
    private static final long PROTOCOL = offset(ContainmentLayouts.EXCEPTED_DESTINATION, "protocol");
    private static final long V4 = offset(ContainmentLayouts.EXCEPTED_DESTINATION, "v4");
    private static final long DESTINATION_ORDER = offset(ContainmentLayouts.EXCEPTED_DESTINATION, "order");
    private static final long ADDRESS = offset(ContainmentLayouts.EXCEPTED_DESTINATION, "address");
    /** In both keys: the length of what follows, in bits. */
    private static final long BITS = 0;
    private static final long KEY = 4;

    private record Excepted(int map, byte[] key) {}

    private final int containments;
    private final int count;
    private final int stopped;
    private final int paths;
    private final int destinations;
    private final ContainmentHooks hooks;
    private final Map<Long, Map<Authority, Set<ContainmentAction>>> cgroups = new HashMap<>();
    private final Map<Long, List<Excepted>> exceptions = new HashMap<>();

    ContainmentMap(BpfObject object, ContainmentHooks hooks) {
        this.containments = Libbpf.mapFd(object.map("containments"));
        this.count = Libbpf.mapFd(object.map("containment_count"));
        this.stopped = Libbpf.mapFd(object.map("stopped"));
        this.paths = Libbpf.mapFd(object.map("excepted_paths"));
        this.destinations = Libbpf.mapFd(object.map("excepted_destinations"));
        this.hooks = hooks;
    }

    @Override
    public synchronized void define(long order, List<String> exceptPaths, List<ExceptedDestination> exceptDestinations) {
        List<Excepted> known = new ArrayList<>();
        exceptions.put(order, known);
        try (Arena call = Arena.ofConfined()) {
            Libbpf.update(stopped, key(call, order), call.allocate(ContainmentLayouts.STOPPED));
            for (String path : exceptPaths) {
                add(call, known, paths, path(call, order, path));
            }
            for (ExceptedDestination destination : exceptDestinations) {
                add(call, known, destinations, destination(call, order, destination));
            }
        } catch (NativeException e) {
            forget(order);
            throw e;
        }
    }

    private static void add(Arena call, List<Excepted> known, int map, MemorySegment key) {
        MemorySegment yes = call.allocate(JAVA_BYTE);
        yes.set(JAVA_BYTE, 0, (byte) 1);
        Libbpf.update(map, key, yes);
        known.add(new Excepted(map, key.toArray(JAVA_BYTE)));
    }

    /** A file's path counts with its NUL, a folder's up to the slash: then the trie finds all below it. */
    private static MemorySegment path(Arena call, long order, String path) {
        MemorySegment key = call.allocate(ContainmentLayouts.EXCEPTED_PATH);
        boolean prefix = ContainmentExceptions.isPrefix(path);
        byte[] bytes = (prefix ? path.substring(0, path.length() - 1) : path + '\0').getBytes(StandardCharsets.UTF_8);
        key.set(JAVA_INT, BITS, (int) (PATH - KEY + bytes.length) * Byte.SIZE);
        key.set(JAVA_LONG, PATH_ORDER, order);
        MemorySegment.copy(bytes, 0, key, JAVA_BYTE, PATH, bytes.length);
        return key;
    }

    private static MemorySegment destination(Arena call, long order, ExceptedDestination destination) {
        IpNetwork network = ContainmentExceptions.check(destination);
        MemorySegment key = call.allocate(ContainmentLayouts.EXCEPTED_DESTINATION);
        key.set(JAVA_INT, BITS, (int) (ADDRESS - KEY) * Byte.SIZE + network.bits());
        key.set(JAVA_SHORT, PORT, Short.reverseBytes((short) destination.getPort()));
        key.set(JAVA_BYTE, PROTOCOL, (byte) destination.getProtocol());
        key.set(JAVA_BYTE, V4, (byte) (network.isV4() ? 1 : 0));
        key.set(JAVA_LONG, DESTINATION_ORDER, order);
        MemorySegment.copy(network.bytes(), 0, key, JAVA_BYTE, ADDRESS, ContainmentLayouts.ADDRESS_BYTES);
        return key;
    }

    @Override
    public synchronized void put(
            long cgroup, Authority authority, long order, Set<ContainmentAction> actions, long expiresBootNanos) {
        Map<Authority, Set<ContainmentAction>> before = cgroups.get(cgroup);
        Map<Authority, Set<ContainmentAction>> after = new EnumMap<>(Authority.class);
        if (before != null) {
            after.putAll(before);
        }
        after.put(authority, Set.copyOf(actions));
        cgroups.put(cgroup, after);
        try (Arena call = Arena.ofConfined()) {
            hooks.require(wanted());
            MemorySegment value = value(call, cgroup);
            MemorySegment slot = slot(value, authority);
            slot.set(JAVA_LONG, ID, order);
            slot.set(JAVA_LONG, EXPIRES, expiresBootNanos);
            slot.set(JAVA_INT, ACTIONS, Enforcement.bits(actions));
            Libbpf.update(containments, key(call, cgroup), value);
            writeCount(call);
        } catch (NativeException e) {
            if (before == null) {
                cgroups.remove(cgroup);
            } else {
                cgroups.put(cgroup, before);
            }
            throw e;
        }
    }

    @Override
    public synchronized void remove(long cgroup, Authority authority) {
        Map<Authority, Set<ContainmentAction>> orders = cgroups.get(cgroup);
        if (orders == null || orders.remove(authority) == null) {
            return;
        }
        try (Arena call = Arena.ofConfined()) {
            if (orders.isEmpty()) {
                cgroups.remove(cgroup);
                Libbpf.delete(containments, key(call, cgroup));
            } else {
                MemorySegment value = value(call, cgroup);
                slot(value, authority).fill((byte) 0);
                Libbpf.update(containments, key(call, cgroup), value);
            }
            writeCount(call);
        }
        hooks.require(wanted());
    }

    /** What is in the kernel now. A change of the whole value is seen by the programs as one. */
    private MemorySegment value(Arena call, long cgroup) {
        MemorySegment value = call.allocate(ContainmentLayouts.CONTAINMENT);
        Libbpf.lookup(containments, key(call, cgroup), value);
        return value;
    }

    private static MemorySegment slot(MemorySegment value, Authority authority) {
        long size = ContainmentLayouts.ORDER.byteSize();
        return value.asSlice(authority.ordinal() * size, size);
    }

    /** Every action that is in force somewhere. */
    private Set<ContainmentAction> wanted() {
        Set<ContainmentAction> wanted = EnumSet.noneOf(ContainmentAction.class);
        cgroups.values().forEach(orders -> orders.values().forEach(wanted::addAll));
        return wanted;
    }

    @Override
    public Stopped stopped(long order) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment value = call.allocate(ContainmentLayouts.STOPPED);
            Libbpf.lookup(stopped, key(call, order), value); // unknown: all 0
            return new Stopped(counter(value, "execs_killed"), counter(value, "execs_refused"),
                    counter(value, "opens_refused"), counter(value, "connections_refused"),
                    counter(value, "packets_refused"));
        }
    }

    private static long counter(MemorySegment value, String name) {
        return value.get(JAVA_LONG, offset(ContainmentLayouts.STOPPED, name));
    }

    @Override
    public synchronized void forget(long order) {
        try (Arena call = Arena.ofConfined()) {
            for (Excepted exception : exceptions.getOrDefault(order, List.of())) {
                Libbpf.delete(exception.map(), call.allocateFrom(JAVA_BYTE, exception.key()));
            }
            exceptions.remove(order);
            Libbpf.delete(stopped, key(call, order));
        }
    }

    private void writeCount(Arena call) {
        MemorySegment number = call.allocate(JAVA_INT);
        number.set(JAVA_INT, 0, cgroups.size());
        Libbpf.update(count, call.allocate(JAVA_INT), number);
    }

    private static MemorySegment key(Arena call, long id) {
        MemorySegment key = call.allocate(JAVA_LONG);
        key.set(JAVA_LONG, 0, id);
        return key;
    }
}
