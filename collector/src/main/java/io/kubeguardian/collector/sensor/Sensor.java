package io.kubeguardian.collector.sensor;

import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.event.KernelLayouts;
import io.kubeguardian.collector.ffm.Libbpf;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.collector.ffm.NativeException;
import io.kubeguardian.collector.ring.KernelRing;
import io.kubeguardian.collector.ring.ReaderState;
import io.kubeguardian.collector.ring.RecordHandler;
import io.kubeguardian.config.SensorHooks;
import io.kubeguardian.schema.SensorMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs in the kernel, attached for one cgroup and all below it. What this kernel refuses is left out and named
 * in {@link #modes()}. Closing detaches everything.
 */
public final class Sensor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sensor.class);
    private static final Set<SensorProgram> FEXITS = Arrays.stream(SensorProgram.values())
            .filter(program -> program.kind == SensorProgram.Kind.FEXIT)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(SensorProgram.class)));
    /** {@code KG_WANTED…} of bpf/include/call.h. */
    private static final int WANTED = 1;
    private static final int WANTED_COMPAT = 2;

    private final Arena arena = Arena.ofShared();
    private final Map<SensorProgram, String> refused;
    private final BpfObject object;
    private final Set<SensorProgram> loaded;
    private final KernelRing precious;
    private final KernelRing bulk;
    private final ReaderState reader;
    private final int uncounted;
    private final int opensRepeated;
    private final int sendsRepeated;
    private final ContainmentHooks hooks;
    private final ContainmentMap containments;
    private final CallCounts callCounts;
    private long attachBegan;
    private long attached;

    private Sensor(BpfObject object, Set<SensorProgram> loaded, CgroupTree tree, Map<SensorProgram, String> refused,
            SensorOptions options) {
        this.object = object;
        this.loaded = EnumSet.copyOf(loaded);
        this.refused = refused;
        this.precious = new KernelRing(arena, Libbpf.mapFd(object.map("precious")), options.preciousRingBytes());
        this.bulk = new KernelRing(arena, Libbpf.mapFd(object.map("bulk")), options.bulkRingBytes());
        this.reader = new ReaderState(arena, Libbpf.mapFd(object.map(".data.reader")));
        this.opensRepeated = Libbpf.mapFd(object.map("opens_repeated"));
        this.uncounted = Libbpf.mapFd(object.map("calls_uncounted"));
        this.callCounts = options.countCalls()
                ? new CallCounts(Libbpf.mapFd(object.map("call_counts")), Libbpf.mapFd(object.map("cpus")),
                        Libbpf.possibleCpus()) : null;
        this.sendsRepeated = Libbpf.mapFd(object.map("sends_repeated"));
        this.hooks = new ContainmentHooks(object, tree.root(), refused);
        this.containments = new ContainmentMap(object, hooks);
    }

    /** Why sensors cannot work here, in one line; empty when nothing speaks against it. Loads nothing. */
    public static String probe() {
        String missing = Libbpf.missing();
        if (!missing.isEmpty()) {
            return missing;
        }
        String privileges = Capability.problem(Capability.missing());
        if (!privileges.isEmpty()) {
            return privileges;
        }
        if (!Files.isReadable(Path.of("/sys/kernel/btf/vmlinux"))) {
            return "/sys/kernel/btf/vmlinux is missing: the kernel has no BTF (CONFIG_DEBUG_INFO_BTF)";
        }
        if (!BpfObject.built()) {
            return "BPF object not built: install clang, llvm, bpftool and libbpf-dev and build again";
        }
        try {
            CgroupTree.findMount();
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
        try (BpfObject one = new BpfObject(EnumSet.of(SensorProgram.EXIT))) {
            one.load(SensorProgram.EXIT);
            return "";
        } catch (SensorException | NativeException e) {
            return "the kernel refuses BPF programs: " + e.getMessage();
        }
    }

    /**
     * Loads and attaches.
     *
     * @throws SensorException when the kernel takes none of the programs
     */
    public static Sensor open(CgroupTree tree, SensorOptions options) {
        String missing = Libbpf.missing();
        if (!missing.isEmpty()) {
            throw new SensorException(missing);
        }
        Set<Capability> lacking = Capability.missing();
        if (lacking.contains(Capability.BPF) || lacking.contains(Capability.PERFMON)) {
            throw new SensorException(Capability.problem(lacking));
        }
        Map<SensorProgram, String> refused = new EnumMap<>(SensorProgram.class);
        Set<SensorProgram> wanted = EnumSet.allOf(SensorProgram.class);
        for (SensorProgram program : SensorProgram.values()) {
            if (program.kind.needsNetAdmin() && lacking.contains(Capability.NET_ADMIN)) {
                refused.put(program, Capability.problem(lacking));
            } else if (program.kind == SensorProgram.Kind.OFTEN_REFUSED) {
                tryAlone(program, refused);
            }
        }
        tryLsm(refused);
        tryFexit(options.hooks(), refused);
        wanted.removeAll(refused.keySet());
        return open(wanted, refused, tree, options);
    }

    private static Sensor open(
            Set<SensorProgram> wanted, Map<SensorProgram, String> refused, CgroupTree tree, SensorOptions options) {
        BpfObject object;
        try {
            object = load(wanted, tree, options);
        } catch (SensorException e) {
            LOG.warn("event=programs-refused consequence=\"{} are tried alone, which takes some seconds\" error=\"{}\"",
                    wanted.size(), e.getMessage());
            wanted.forEach(program -> tryAlone(program, refused));
            wanted.stream().filter(refused::containsKey).forEach(program ->
                    LOG.warn("event=program-refused program={} hook={} reason=\"{}\"", program.function, program.hook,
                            refused.get(program)));
            wanted.removeAll(refused.keySet());
            if (wanted.isEmpty()) {
                throw e;
            }
            object = load(wanted, tree, options);
        }
        Sensor sensor;
        try {
            sensor = new Sensor(object, wanted, tree, refused, options);
            sensor.attach(wanted, tree);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
        if (FEXITS.stream().anyMatch(program -> wanted.contains(program) && refused.containsKey(program))) {
            // Loaded, but not attached: what the other way looks at was settled at load.
            sensor.close();
            FEXITS.forEach(program -> refused.putIfAbsent(program, "not used: another fexit is refused"));
            wanted.removeAll(FEXITS);
            return open(wanted, refused, tree, options);
        }
        Libc.trimHeap(); // libbpf has parsed the kernel's BTF: tens of megabytes, freed but kept
        return sensor;
    }

    /** All of them or none: kernels differ in whether they take the kind. */
    private static void tryFexit(SensorHooks hooks, Map<SensorProgram, String> refused) {
        String problem = "not wanted: collector.hooks";
        if (hooks == SensorHooks.AUTO) {
            try (BpfObject alone = new BpfObject(FEXITS)) {
                alone.load(SensorProgram.FEXIT_OPENAT);
                return;
            } catch (SensorException e) {
                problem = "refused by this kernel: " + e.getMessage();
            }
        }
        for (SensorProgram program : FEXITS) {
            refused.put(program, problem);
        }
    }

    /** A refusal fails everything that is loaded together. All are refused alike, so one is tried for all. */
    private static void tryLsm(Map<SensorProgram, String> refused) {
        tryAlone(SensorProgram.DENY_EXEC, refused);
        String problem = refused.get(SensorProgram.DENY_EXEC);
        for (SensorProgram program : SensorProgram.values()) {
            if (problem != null && program.kind == SensorProgram.Kind.LSM) {
                refused.put(program, problem);
            }
        }
    }

    private static void tryAlone(SensorProgram program, Map<SensorProgram, String> refused) {
        try (BpfObject alone = new BpfObject(EnumSet.of(program))) {
            alone.load(program);
        } catch (SensorException e) {
            refused.put(program, "refused by this kernel: " + e.getMessage());
        }
    }

    private static BpfObject load(Set<SensorProgram> programs, CgroupTree tree, SensorOptions options) {
        BpfObject object = new BpfObject(programs);
        try {
            MemorySegment settings = Libbpf.initialValue(object.map(".rodata.settings"));
            settings.set(JAVA_LONG, offset(KernelLayouts.SETTINGS, "root_cgroup"), tree.rootId());
            settings.set(JAVA_INT, offset(KernelLayouts.SETTINGS, "root_level"), tree.rootLevel());
            settings.set(JAVA_LONG, offset(KernelLayouts.SETTINGS, "open_repeat_ns"), options.openRepeatNanos());
            settings.set(JAVA_INT, offset(KernelLayouts.SETTINGS, "count_calls"), options.countCalls() ? 1 : 0);
            settings.set(JAVA_LONG, offset(KernelLayouts.SETTINGS, "precious_quarter"), options.preciousRingBytes() / 4);
            settings.set(JAVA_LONG, offset(KernelLayouts.SETTINGS, "bulk_quarter"), options.bulkRingBytes() / 4);
            EnvironmentNames.write(options.environment(), Libbpf.initialValue(object.map(".rodata.environment")));
            describeCalls(object, programs);
            Libbpf.setMaxEntries(object.map("precious"), options.preciousRingBytes());
            Libbpf.setMaxEntries(object.map("bulk"), options.bulkRingBytes());
            if (options.openRepeatNanos() == 0) {
                Libbpf.setMaxEntries(object.map("opens_seen"), 1);
            }
            Libbpf.setMaxEntries(object.map("call_counts"),
                    options.countCalls() ? CallCounts.entries(Libbpf.possibleCpus()) : 1);
            object.load(null);
            return object;
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    /** Which calls the program of all system calls shall look at. */
    private static void describeCalls(BpfObject object, Set<SensorProgram> programs) {
        MemorySegment wanted = Libbpf.initialValue(object.map(".rodata.wanted"));
        for (CallGroup group : CallGroup.values()) {
            if (programs.contains(group.program)) {
                int ways = group.byFexit(programs) ? WANTED_COMPAT : WANTED | WANTED_COMPAT;
                group.calls.forEach(call -> wanted.set(JAVA_BYTE, SystemCalls.number(call), (byte) ways));
            }
        }
        MemorySegment.copy(SystemCalls.ofI386(), 0, Libbpf.initialValue(object.map(".rodata.i386")), JAVA_SHORT, 0,
                SystemCalls.MOST);
    }

    private void attach(Set<SensorProgram> programs, CgroupTree tree) {
        for (CallGroup group : CallGroup.values()) {
            if (programs.contains(group.program)) {
                group.calls.forEach(call -> object.tailCall("calls", SystemCalls.number(call), group.program));
            }
        }
        int cgroup = Libc.openDirectory(tree.root().toString());
        attachBegan = Libc.bootNanos();
        try {
            for (SensorProgram program : programs) {
                if (program.kind == SensorProgram.Kind.CALL || program.kind.onDemand()) {
                    continue;
                }
                try {
                    object.attach(program, cgroup);
                } catch (NativeException e) {
                    refused.put(program, "refused by this kernel: " + e.getMessage());
                }
            }
            attached = Libc.bootNanos();
        } finally {
            Libc.close(cgroup);
        }
    }

    /**
     * Walks the processes that run in the monitored cgroups now, and hands over a record of each, as of an exec but with
     * the time at which attaching began. Left out are those that started when everything was attached already: their
     * beginning is in the ring. Nothing when this kernel refuses the walk, see {@link #modes()}.
     */
    public void walkRunning(RecordHandler handler) {
        if (!refused.containsKey(SensorProgram.RUNNING)) {
            object.walk(SensorProgram.RUNNING, new ProcessWalk(attachBegan, attached, handler)::read);
        }
    }

    /** What runs, and what does not and why. */
    public List<SensorMode> modes() {
        List<SensorMode> modes = new ArrayList<>();
        modes.add(mode("exec", SensorProgram.EXEC));
        modes.add(mode("fork", SensorProgram.FORK));
        modes.add(mode("exit", SensorProgram.EXIT));
        modes.add(mode("running", SensorProgram.RUNNING));
        for (CallGroup group : CallGroup.values()) {
            modes.add(callMode(group));
        }
        modes.add(mode("dns", SensorProgram.DNS_EGRESS, SensorProgram.DNS_INGRESS));
        modes.add(mode("io_uring", refused.containsKey(SensorProgram.IO_URING_SUBMIT_REQ)
                ? SensorProgram.IO_URING_SUBMIT_SQE : SensorProgram.IO_URING_SUBMIT_REQ, SensorProgram.IO_URING_COMPLETE));
        if (callCounts != null) {
            modes.add(mode("syscall-counts", SensorProgram.SYS_EXIT));
        }
        modes.add(mode("cgroup", SensorProgram.CGROUP_MKDIR, SensorProgram.CGROUP_RMDIR));
        modes.addAll(hooks.modes());
        return modes;
    }

    /** By hooks of its own, or by its program and the one that leads to it. 32-bit calls always take the second way. */
    private SensorMode callMode(CallGroup group) {
        if (!group.fexits.isEmpty() && group.fexits.stream().noneMatch(refused::containsKey)) {
            return mode(group.sensor, group.fexits.toArray(SensorProgram[]::new));
        }
        SensorProgram needed = refused.containsKey(SensorProgram.SYS_EXIT) ? SensorProgram.SYS_EXIT : group.program;
        return mode(group.sensor, needed);
    }

    private SensorMode mode(String name, SensorProgram... programs) {
        return mode(name, refused, List.of(programs));
    }

    static SensorMode mode(String name, Map<SensorProgram, String> refused, List<SensorProgram> programs) {
        List<String> hooks = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (SensorProgram program : programs) {
            String problem = refused.get(program);
            if (problem == null) {
                hooks.add(program.hook);
            } else {
                problems.add(program.hook + ' ' + problem);
            }
        }
        return new SensorMode(name, String.join(" ", hooks), String.join("; ", problems));
    }

    public KernelRing precious() {
        return precious;
    }

    public KernelRing bulk() {
        return bulk;
    }

    /** What the reader of both tells the kernel, and what it hears. */
    public ReaderState reader() {
        return reader;
    }

    public ContainmentMap containments() {
        return containments;
    }

    /** Null when system calls are not counted. */
    public CallCounts callCounts() {
        return callCounts;
    }

    /** System calls that the counters had no room for, since the start. */
    public long callsUncounted() {
        return sumOfCpus(uncounted);
    }

    /**
     * How often the kernel skipped one of the programs, because it was running already on that processor. What was skipped
     * may have been an event, or a call of a process that nobody monitors.
     */
    public long programsMissed() {
        return loaded.stream().mapToLong(program -> object.info(program).missed()).sum();
    }

    /** Opens that were not sent since the start, because they said nothing new. */
    public long opensRepeated() {
        return sumOfCpus(opensRepeated);
    }

    /** Datagrams that made no event because their socket had sent to the same place before, since the start. */
    public long sendsRepeated() {
        return sumOfCpus(sendsRepeated);
    }

    private static long sumOfCpus(int map) {
        int cpus = Libbpf.possibleCpus();
        try (Arena call = Arena.ofConfined()) {
            MemorySegment key = call.allocate(JAVA_INT);
            MemorySegment values = call.allocate(JAVA_LONG, cpus);
            long sum = 0;
            if (Libbpf.lookup(map, key, values)) {
                for (int cpu = 0; cpu < cpus; cpu++) {
                    sum += values.getAtIndex(JAVA_LONG, cpu);
                }
            }
            return sum;
        }
    }

    @Override
    public void close() {
        hooks.close();
        object.close();
        arena.close();
    }
}
