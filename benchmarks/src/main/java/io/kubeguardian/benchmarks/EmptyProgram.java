package io.kubeguardian.benchmarks;

import io.kubeguardian.collector.ffm.Libbpf;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program at the end of every system call that does nothing: what any sensor that hooks there costs at least. */
final class EmptyProgram implements AutoCloseable {
    private final MemorySegment object;
    private final MemorySegment link;

    EmptyProgram(Run run) throws IOException {
        Path file = run.home().resolve("benchmarks/target/programs/empty.bpf.o");
        if (!Files.exists(file)) {
            throw new UnavailableException(file + " is not built: install clang and build again");
        }
        object = Libbpf.openObject(Files.readAllBytes(file));
        try {
            Libbpf.load(object);
            link = Libbpf.attach(Libbpf.program(object, "empty"));
        } catch (RuntimeException e) {
            Libbpf.closeObject(object);
            throw e;
        }
    }

    @Override
    public void close() {
        Libbpf.destroyLink(link);
        Libbpf.closeObject(object);
    }
}
