package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.attribute.Attribution;
import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.batch.OpenBatch;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.collector.ring.RecordHandler;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.EventClass;
import java.lang.foreign.MemorySegment;

/** Turns kernel records into events of their pod's batch. Used by the reader thread alone. */
public final class EventDecoder implements RecordHandler {
    private static final long TIME = offset(KernelLayouts.HEADER, "time");
    private static final long CGROUP = offset(KernelLayouts.HEADER, "cgroup");
    private static final long START_TIME = offset(KernelLayouts.HEADER, "start_time");
    private static final long TYPE = offset(KernelLayouts.HEADER, "type");
    private static final long PID = offset(KernelLayouts.HEADER, "pid");
    private static final long CONTAINER_PID = offset(KernelLayouts.HEADER, "container_pid");
    private static final long UID = offset(KernelLayouts.HEADER, "uid");
    private static final long GID = offset(KernelLayouts.HEADER, "gid");
    private static final long COMM = offset(KernelLayouts.HEADER, "comm");
    private static final int HEADER_BYTES = (int) KernelLayouts.HEADER.byteSize();

    private static final long EXEC_PARENT_START = offset(KernelLayouts.EXEC, "parent_start_time");
    private static final long EXEC_PARENT_PID = offset(KernelLayouts.EXEC, "parent_pid");
    private static final long EXEC_FLAGS = offset(KernelLayouts.EXEC, "flags");
    private static final long EXEC_EXE_LENGTH = offset(KernelLayouts.EXEC, "exe_length");
    private static final long EXEC_CWD_LENGTH = offset(KernelLayouts.EXEC, "cwd_length");
    private static final long EXEC_ARGS_LENGTH = offset(KernelLayouts.EXEC, "args_length");
    private static final int EXEC_BYTES = (int) KernelLayouts.EXEC.byteSize();

    private static final long FORK_CHILD_START = offset(KernelLayouts.FORK, "child_start_time");
    private static final long FORK_CHILD_PID = offset(KernelLayouts.FORK, "child_pid");
    private static final long FORK_CHILD_CONTAINER_PID = offset(KernelLayouts.FORK, "child_container_pid");
    private static final int FORK_BYTES = (int) KernelLayouts.FORK.byteSize();

    private static final long EXIT_STATUS = offset(KernelLayouts.EXIT, "status");
    private static final int EXIT_BYTES = (int) KernelLayouts.EXIT.byteSize();

    private static final long OPEN_RESULT = offset(KernelLayouts.OPEN, "result");
    private static final long OPEN_FLAGS = offset(KernelLayouts.OPEN, "flags");
    private static final long OPEN_MODE = offset(KernelLayouts.OPEN, "mode");
    private static final long OPEN_PATH_FLAGS = offset(KernelLayouts.OPEN, "path_flags");
    private static final long OPEN_GIVEN_LENGTH = offset(KernelLayouts.OPEN, "given_length");
    private static final long OPEN_WALKED_LENGTH = offset(KernelLayouts.OPEN, "walked_length");
    private static final int OPEN_BYTES = (int) KernelLayouts.OPEN.byteSize();

    private static final long CONNECT_RESULT = offset(KernelLayouts.CONNECT, "result");
    private static final long CONNECT_FAMILY = offset(KernelLayouts.CONNECT, "family");
    private static final long CONNECT_PORT = offset(KernelLayouts.CONNECT, "port");
    private static final long CONNECT_FLAGS = offset(KernelLayouts.CONNECT, "flags");
    private static final long CONNECT_ADDRESS_LENGTH = offset(KernelLayouts.CONNECT, "address_length");
    private static final int CONNECT_BYTES = (int) KernelLayouts.CONNECT.byteSize();

    private static final long CGROUP_PATH_LENGTH = offset(KernelLayouts.CGROUP, "path_length");
    private static final int CGROUP_BYTES = (int) KernelLayouts.CGROUP.byteSize();

    private final CgroupTable cgroups;
    private final PodBatches batches;
    private final CgroupListener listener;
    private volatile long bootToWall;
    private volatile long events;
    private volatile long unreadable;

    /**
     * @param bootToWall nanoseconds to add to the boot clock to have wall time
     */
    public EventDecoder(CgroupTable cgroups, PodBatches batches, CgroupListener listener, long bootToWall) {
        this.cgroups = cgroups;
        this.batches = batches;
        this.listener = listener;
        this.bootToWall = bootToWall;
    }

    /** As the wall clock is corrected. */
    public void setBootToWall(long nanos) {
        bootToWall = nanos;
    }

    /** Events decoded so far. */
    public long events() {
        return events;
    }

    /** Records that were not understood so far. */
    public long unreadable() {
        return unreadable;
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes, others look
    public void record(MemorySegment ring, long at, int length) {
        try {
            if (length < HEADER_BYTES || !decode(ring, at, length)) {
                unreadable++;
            } else {
                events++;
            }
        } catch (IndexOutOfBoundsException | NegativeArraySizeException e) {
            unreadable++;
        }
    }

    private boolean decode(MemorySegment ring, long at, int length) {
        return switch (ring.get(JAVA_INT, at + TYPE)) {
            case KernelLayouts.TYPE_EXEC -> length >= EXEC_BYTES && exec(ring, at, length);
            case KernelLayouts.TYPE_FORK -> length >= FORK_BYTES && fork(ring, at);
            case KernelLayouts.TYPE_EXIT -> length >= EXIT_BYTES && exit(ring, at);
            case KernelLayouts.TYPE_OPEN -> length >= OPEN_BYTES && open(ring, at, length);
            case KernelLayouts.TYPE_CONNECT -> length >= CONNECT_BYTES && connect(ring, at, length);
            case KernelLayouts.TYPE_CGROUP_MKDIR, KernelLayouts.TYPE_CGROUP_RMDIR ->
                    length >= CGROUP_BYTES && cgroup(ring, at, length);
            default -> false;
        };
    }

    private boolean exec(MemorySegment ring, long at, int length) {
        int exeLength = ring.get(JAVA_INT, at + EXEC_EXE_LENGTH);
        int cwdLength = ring.get(JAVA_INT, at + EXEC_CWD_LENGTH);
        int argsLength = ring.get(JAVA_INT, at + EXEC_ARGS_LENGTH);
        if (!fits(length - EXEC_BYTES, exeLength, cwdLength, argsLength)) {
            return false;
        }
        long data = at + EXEC_BYTES;
        Attribution who = attribution(ring, at);
        OpenBatch open = batches.open(who.podUid());
        EventBatchBuilder batch = open.builder();
        batch.addExec(time(ring, at), process(batch, who, ring, at),
                ring.get(JAVA_INT, at + EXEC_PARENT_PID), ring.get(JAVA_LONG, at + EXEC_PARENT_START),
                KernelText.walkedPath(ring, data, exeLength),
                KernelText.strings(ring, data + exeLength + cwdLength, argsLength),
                KernelText.walkedPath(ring, data + exeLength, cwdLength),
                ring.get(JAVA_INT, at + EXEC_FLAGS));
        batches.added(open, EventClass.PRECIOUS, length);
        return true;
    }

    private boolean fork(MemorySegment ring, long at) {
        Attribution who = attribution(ring, at);
        OpenBatch open = batches.open(who.podUid());
        EventBatchBuilder batch = open.builder();
        batch.addFork(time(ring, at), process(batch, who, ring, at),
                ring.get(JAVA_INT, at + FORK_CHILD_PID), ring.get(JAVA_INT, at + FORK_CHILD_CONTAINER_PID),
                ring.get(JAVA_LONG, at + FORK_CHILD_START));
        batches.added(open, EventClass.PRECIOUS, FORK_BYTES);
        return true;
    }

    private boolean exit(MemorySegment ring, long at) {
        Attribution who = attribution(ring, at);
        OpenBatch open = batches.open(who.podUid());
        EventBatchBuilder batch = open.builder();
        batch.addExit(time(ring, at), process(batch, who, ring, at), ring.get(JAVA_INT, at + EXIT_STATUS));
        batches.added(open, EventClass.PRECIOUS, EXIT_BYTES);
        return true;
    }

    private boolean open(MemorySegment ring, long at, int length) {
        int givenLength = ring.get(JAVA_INT, at + OPEN_GIVEN_LENGTH);
        int walkedLength = ring.get(JAVA_INT, at + OPEN_WALKED_LENGTH);
        int pathFlags = ring.get(JAVA_INT, at + OPEN_PATH_FLAGS);
        if (!fits(length - OPEN_BYTES, givenLength, walkedLength, 0)) {
            return false;
        }
        long data = at + OPEN_BYTES;
        String path;
        if (givenLength == 0) {
            path = (pathFlags & EventBits.OPEN_PATH_RELATIVE) != 0 ? "" : KernelText.walkedPath(ring, data, walkedLength);
        } else {
            path = KernelText.text(ring, data, givenLength);
            if (path.startsWith("/")) {
                path = KernelText.normalized(path);
            } else if ((pathFlags & EventBits.OPEN_PATH_RELATIVE) == 0) {
                path = KernelText.normalized(
                        KernelText.walkedPath(ring, data + givenLength, walkedLength) + '/' + path);
            }
        }
        Attribution who = attribution(ring, at);
        OpenBatch open = batches.open(who.podUid());
        EventBatchBuilder batch = open.builder();
        batch.addOpen(time(ring, at), process(batch, who, ring, at), path, ring.get(JAVA_INT, at + OPEN_FLAGS),
                ring.get(JAVA_INT, at + OPEN_MODE), ring.get(JAVA_INT, at + OPEN_RESULT), pathFlags);
        batches.added(open, EventClass.BULK, length);
        return true;
    }

    private boolean connect(MemorySegment ring, long at, int length) {
        int addressLength = ring.get(JAVA_INT, at + CONNECT_ADDRESS_LENGTH);
        int family = ring.get(JAVA_INT, at + CONNECT_FAMILY);
        if (!fits(length - CONNECT_BYTES, addressLength, 0, 0)) {
            return false;
        }
        String address = KernelText.address(family, ring, at + CONNECT_BYTES, addressLength);
        Attribution who = attribution(ring, at);
        OpenBatch open = batches.open(who.podUid());
        EventBatchBuilder batch = open.builder();
        batch.addConnect(time(ring, at), process(batch, who, ring, at), family, address,
                ring.get(JAVA_INT, at + CONNECT_PORT), ring.get(JAVA_INT, at + CONNECT_RESULT),
                ring.get(JAVA_INT, at + CONNECT_FLAGS));
        batches.added(open, EventClass.PRECIOUS, length);
        return true;
    }

    private boolean cgroup(MemorySegment ring, long at, int length) {
        int pathLength = ring.get(JAVA_INT, at + CGROUP_PATH_LENGTH);
        if (!fits(length - CGROUP_BYTES, pathLength, 0, 0)) {
            return false;
        }
        long cgroup = ring.get(JAVA_LONG, at + CGROUP);
        if (ring.get(JAVA_INT, at + TYPE) == KernelLayouts.TYPE_CGROUP_MKDIR) {
            listener.created(cgroup, KernelText.text(ring, at + CGROUP_BYTES, pathLength));
        } else {
            listener.removed(cgroup);
        }
        return true;
    }

    /** Lengths come as the kernel's unsigned numbers; none may be negative, and together they must be there. */
    private static boolean fits(int available, int first, int second, int third) {
        return first >= 0 && second >= 0 && third >= 0 && (long) first + second + third <= available;
    }

    private Attribution attribution(MemorySegment ring, long at) {
        return cgroups.find(ring.get(JAVA_LONG, at + CGROUP));
    }

    private long time(MemorySegment ring, long at) {
        return ring.get(JAVA_LONG, at + TIME) + bootToWall;
    }

    private static int process(EventBatchBuilder batch, Attribution who, MemorySegment ring, long at) {
        return batch.process(ring.get(JAVA_INT, at + PID), ring.get(JAVA_INT, at + CONTAINER_PID),
                ring.get(JAVA_LONG, at + START_TIME), who.containerId(),
                KernelText.text(ring, at + COMM, KernelLayouts.COMM_BYTES),
                ring.get(JAVA_INT, at + UID), ring.get(JAVA_INT, at + GID));
    }
}
