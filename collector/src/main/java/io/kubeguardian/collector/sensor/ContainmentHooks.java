package io.kubeguardian.collector.sensor;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kubeguardian.collector.ffm.Libbpf;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.collector.ffm.NativeException;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.SensorMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The programs that contain. They are loaded with the others and attached once at the start, to know that they can be;
 * after that only while a containment needs them: a hook on every packet or every open would be paid by all.
 */
final class ContainmentHooks implements AutoCloseable {
    private static final String NEVER_CALLED = "loads but is never called: \"bpf\" is not among the kernel's active "
            + "security modules (boot parameter lsm=)";

    private final BpfObject object;
    private final Path root;
    private final Map<SensorProgram, String> refused;
    private final Map<SensorProgram, MemorySegment> attached = new EnumMap<>(SensorProgram.class);

    /**
     * @param root the monitored cgroup
     * @param refused programs that are not there, and why; those that turn out not to work are added
     */
    ContainmentHooks(BpfObject object, Path root, Map<SensorProgram, String> refused) {
        this.object = object;
        this.root = root;
        this.refused = refused;
        try {
            tryAll();
        } finally {
            close();
        }
    }

    private void tryAll() {
        for (SensorProgram program : SensorProgram.values()) {
            if (program.kind.onDemand() && !refused.containsKey(program)) {
                try {
                    attach(program);
                } catch (NativeException e) {
                    refused.put(program, "refused by this kernel: " + e.getMessage());
                }
            }
        }
        if (!lsmIsCalled()) {
            for (SensorProgram program : SensorProgram.values()) {
                if (program.kind == SensorProgram.Kind.LSM) {
                    refused.putIfAbsent(program, NEVER_CALLED);
                }
            }
        }
    }

    /** Opens a file and asks whether the program on file_open noticed. */
    private boolean lsmIsCalled() {
        if (refused.containsKey(SensorProgram.DENY_OPEN)) {
            return false;
        }
        try (InputStream any = Files.newInputStream(Path.of("/proc/self/stat")); Arena call = Arena.ofConfined()) {
            MemorySegment called = call.allocate(JAVA_INT);
            return any.read() >= 0 && Libbpf.lookup(Libbpf.mapFd(object.map("lsm_called")), call.allocate(JAVA_INT), called)
                    && called.get(JAVA_INT, 0) != 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Attaches what these actions need, and detaches what they do not.
     *
     * @throws NativeException when something cannot be attached; what was attached before stays so
     */
    synchronized void require(Set<ContainmentAction> actions) {
        Set<SensorProgram> wanted = EnumSet.noneOf(SensorProgram.class);
        for (Enforcement enforcement : Enforcement.values()) {
            if (actions.contains(enforcement.action)) {
                wanted.addAll(enforcement.needed);
                wanted.addAll(enforcement.added);
            }
        }
        wanted.removeIf(program -> !program.kind.onDemand() || refused.containsKey(program));
        List<SensorProgram> fresh = wanted.stream().filter(program -> !attached.containsKey(program)).toList();
        try {
            fresh.forEach(this::attach);
        } catch (NativeException e) {
            fresh.forEach(this::detach);
            throw e;
        }
        EnumSet.allOf(SensorProgram.class).stream().filter(program -> !wanted.contains(program)).forEach(this::detach);
    }

    private void attach(SensorProgram program) {
        int cgroup = Libc.openDirectory(root.toString());
        try {
            attached.put(program, object.attachLink(program, cgroup));
        } finally {
            Libc.close(cgroup);
        }
    }

    private void detach(SensorProgram program) {
        MemorySegment link = attached.remove(program);
        if (link != null) {
            Libbpf.destroyLink(link);
        }
    }

    /** What can be done here, and how; what cannot, and why. */
    List<SensorMode> modes() {
        List<SensorMode> modes = new ArrayList<>();
        for (Enforcement enforcement : Enforcement.values()) {
            modes.add(Sensor.mode(enforcement.sensor, refused, enforcement.needed));
            if (!enforcement.added.isEmpty()) {
                modes.add(Sensor.mode(Enforcement.NETWORK_LSM, refused, enforcement.added));
            }
        }
        return modes;
    }

    @Override
    public synchronized void close() {
        EnumSet.allOf(SensorProgram.class).forEach(this::detach);
    }
}
