package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;

/** Records of processes: exec, fork, exit. */
final class ProcessRecords implements RecordDecoder {
    static final StructLayout EXEC = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_LONG.withName("parent_start_time"),
            JAVA_INT.withName("parent_pid"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("exe_length"),
            JAVA_INT.withName("cwd_length"),
            JAVA_INT.withName("args_length"),
            JAVA_INT.withName("reserved")).withName("kg_exec");

    static final StructLayout FORK = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_LONG.withName("child_start_time"),
            JAVA_INT.withName("child_pid"),
            JAVA_INT.withName("child_container_pid")).withName("kg_fork");

    static final StructLayout EXIT = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("status"),
            JAVA_INT.withName("reserved")).withName("kg_exit");

    static final List<StructLayout> LAYOUTS = List.of(EXEC, FORK, EXIT);

    private static final long EXEC_PARENT_START = offset(EXEC, "parent_start_time");
    private static final long EXEC_PARENT_PID = offset(EXEC, "parent_pid");
    private static final long EXEC_FLAGS = offset(EXEC, "flags");
    private static final long EXEC_EXE_LENGTH = offset(EXEC, "exe_length");
    private static final long EXEC_CWD_LENGTH = offset(EXEC, "cwd_length");
    private static final long EXEC_ARGS_LENGTH = offset(EXEC, "args_length");
    private static final int EXEC_BYTES = (int) EXEC.byteSize();
    private static final long FORK_CHILD_START = offset(FORK, "child_start_time");
    private static final long FORK_CHILD_PID = offset(FORK, "child_pid");
    private static final long FORK_CHILD_CONTAINER_PID = offset(FORK, "child_container_pid");
    private static final int FORK_BYTES = (int) FORK.byteSize();
    private static final long EXIT_STATUS = offset(EXIT, "status");
    private static final int EXIT_BYTES = (int) EXIT.byteSize();

    private final RecordContext to;

    ProcessRecords(RecordContext to) {
        this.to = to;
    }

    @Override
    public boolean decode(int type, MemorySegment ring, long at, int length) {
        return switch (type) {
            case KernelLayouts.TYPE_EXEC -> length >= EXEC_BYTES && exec(ring, at, length);
            case KernelLayouts.TYPE_FORK -> length >= FORK_BYTES && fork(ring, at);
            case KernelLayouts.TYPE_EXIT -> length >= EXIT_BYTES && exit(ring, at);
            default -> false;
        };
    }

    private boolean exec(MemorySegment ring, long at, int length) {
        int exeLength = ring.get(JAVA_INT, at + EXEC_EXE_LENGTH);
        int cwdLength = ring.get(JAVA_INT, at + EXEC_CWD_LENGTH);
        int argsLength = ring.get(JAVA_INT, at + EXEC_ARGS_LENGTH);
        if (!RecordContext.fits(length - EXEC_BYTES, exeLength, cwdLength, argsLength)) {
            return false;
        }
        long data = at + EXEC_BYTES;
        EventBatchBuilder batch = to.begin(ring, at);
        batch.addExec(to.time(ring, at), to.process(ring, at),
                ring.get(JAVA_INT, at + EXEC_PARENT_PID), ring.get(JAVA_LONG, at + EXEC_PARENT_START),
                KernelText.walkedPath(ring, data, exeLength),
                KernelText.strings(ring, data + exeLength + cwdLength, argsLength),
                KernelText.walkedPath(ring, data + exeLength, cwdLength),
                ring.get(JAVA_INT, at + EXEC_FLAGS));
        to.added(EventClass.PRECIOUS, length);
        return true;
    }

    private boolean fork(MemorySegment ring, long at) {
        EventBatchBuilder batch = to.begin(ring, at);
        batch.addFork(to.time(ring, at), to.process(ring, at),
                ring.get(JAVA_INT, at + FORK_CHILD_PID), ring.get(JAVA_INT, at + FORK_CHILD_CONTAINER_PID),
                ring.get(JAVA_LONG, at + FORK_CHILD_START));
        to.added(EventClass.PRECIOUS, FORK_BYTES);
        return true;
    }

    private boolean exit(MemorySegment ring, long at) {
        EventBatchBuilder batch = to.begin(ring, at);
        batch.addExit(to.time(ring, at), to.process(ring, at), ring.get(JAVA_INT, at + EXIT_STATUS));
        to.added(EventClass.PRECIOUS, EXIT_BYTES);
        return true;
    }
}
