package io.kubeguardian.collector.sensor;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kubeguardian.collector.ffm.Libbpf;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.collector.ffm.NativeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/** One opened BPF object with its links; closing takes everything out of the kernel again. Nothing is pinned. */
final class BpfObject implements AutoCloseable {
    static final String RESOURCE = "/io/kubeguardian/bpf/kubeguardian.bpf.o";
    static final int LOG_BYTES = 64 * 1024;
    /** What the verifier ends its log with, see print_verification_stats in the kernel's kernel/bpf/verifier.c. */
    private static final List<String> STATISTICS = List.of("verification time ", "stack depth ", "processed ");

    private final MemorySegment object;
    private final Deque<MemorySegment> links = new ArrayDeque<>();
    private final Map<SensorProgram, MemorySegment> iterators = new EnumMap<>(SensorProgram.class);

    /** Opens, without loading yet. @throws SensorException when the object was not built */
    BpfObject(Set<SensorProgram> programs) {
        Libbpf.quiet();
        object = Libbpf.openObject(bytes());
        for (SensorProgram program : SensorProgram.values()) {
            Libbpf.setAutoload(program(program), programs.contains(program));
        }
    }

    static boolean built() {
        return BpfObject.class.getResource(RESOURCE) != null;
    }

    static byte[] bytes() {
        try (InputStream in = BpfObject.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new SensorException("BPF object not built: install clang, llvm, bpftool and libbpf-dev and build again");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    /**
     * Loads.
     *
     * @param explain the program whose rejection the verifier shall explain in the exception, or null
     */
    void load(SensorProgram explain) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment log = call.allocate(LOG_BYTES);
            if (explain != null) {
                Libbpf.setLog(program(explain), log);
            }
            try {
                Libbpf.load(object);
            } catch (NativeException e) {
                throw new SensorException(e.getMessage() + verdict(log.getString(0)), e);
            }
        }
    }

    /** The verifier's last words before its statistics. */
    static String verdict(String log) {
        String[] lines = log.strip().split("\n");
        for (int i = lines.length - 1; i >= 0; i--) {
            String line = lines[i].strip();
            if (!line.isEmpty() && STATISTICS.stream().noneMatch(line::startsWith)) {
                return "; verifier: " + line;
            }
        }
        return "";
    }

    /** Attaches until the object is closed. @param cgroup a descriptor, for programs that are attached to one */
    void attach(SensorProgram program, int cgroup) {
        MemorySegment link = attachLink(program, cgroup);
        links.push(link);
        if (program.kind == SensorProgram.Kind.ITERATOR) {
            iterators.put(program, link);
        }
    }

    /** Attaches until the caller destroys the link. */
    MemorySegment attachLink(SensorProgram program, int cgroup) {
        MemorySegment handle = program(program);
        return program.kind == SensorProgram.Kind.CGROUP || program.kind == SensorProgram.Kind.CONTAIN
                ? Libbpf.attachCgroup(handle, cgroup) : Libbpf.attach(handle);
    }

    /** Lets an attached iterator walk. @param output takes the descriptor to read from to its end */
    void walk(SensorProgram iterator, IntConsumer output) {
        int fd = Libbpf.iterator(iterators.get(iterator));
        try {
            output.accept(fd);
        } finally {
            Libc.close(fd);
        }
    }

    /** Puts the program into a map of programs, where a tail call finds it. */
    void tailCall(String map, int key, SensorProgram program) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment index = call.allocate(JAVA_INT);
            MemorySegment value = call.allocate(JAVA_INT);
            index.set(JAVA_INT, 0, key);
            value.set(JAVA_INT, 0, Libbpf.programFd(program(program)));
            Libbpf.update(Libbpf.mapFd(map(map)), index, value);
        }
    }

    /** Of a program that was loaded. */
    ProgramInfo info(SensorProgram program) {
        return ProgramInfo.of(Libbpf.programFd(program(program)));
    }

    private MemorySegment program(SensorProgram program) {
        return Libbpf.program(object, program.function);
    }

    MemorySegment map(String name) {
        return Libbpf.map(object, name);
    }

    @Override
    public void close() {
        while (!links.isEmpty()) {
            Libbpf.destroyLink(links.pop());
        }
        Libbpf.closeObject(object);
    }
}
