package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.offset;

import io.kubeguardian.collector.attribute.Attribution;
import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.batch.OpenBatch;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;

/** What all records have in common: their header, and the batch that their event goes to. */
final class RecordContext {
    private static final long TIME = offset(KernelLayouts.HEADER, "time");
    private static final long TYPE = offset(KernelLayouts.HEADER, "type");
    static final long CGROUP = offset(KernelLayouts.HEADER, "cgroup");
    private static final long START_TIME = offset(KernelLayouts.HEADER, "start_time");
    private static final long PID = offset(KernelLayouts.HEADER, "pid");
    private static final long CONTAINER_PID = offset(KernelLayouts.HEADER, "container_pid");
    private static final long UID = offset(KernelLayouts.HEADER, "uid");
    private static final long GID = offset(KernelLayouts.HEADER, "gid");
    private static final long COMM = offset(KernelLayouts.HEADER, "comm");
    private static final long COMM_END = COMM + Long.BYTES;
    static final int HEADER_BYTES = (int) KernelLayouts.HEADER.byteSize();

    private final CgroupTable cgroups;
    private final PodBatches batches;
    private final LastProcess last = new LastProcess();
    /** Nanoseconds to add to the boot clock to have wall time. */
    volatile long bootToWall;
    private Attribution who;
    private OpenBatch open;

    RecordContext(CgroupTable cgroups, PodBatches batches, long bootToWall) {
        this.cgroups = cgroups;
        this.batches = batches;
        this.bootToWall = bootToWall;
    }

    static int type(KernelRecord record) {
        return record.getInt(TYPE);
    }

    /** Finds the batch of the record's pod; {@link #added} must follow. */
    EventBatchBuilder begin(KernelRecord record) {
        who = cgroups.find(record.getLong(CGROUP));
        return begin(who.podUid());
    }

    /** The same for an event that no process is behind. */
    EventBatchBuilder begin(String podUid) {
        open = batches.open(podUid);
        return open.builder();
    }

    /** The event is in the builder that {@code begin} gave. @param bytes of the record */
    void added(EventClass eventClass, int bytes) {
        batches.added(open, eventClass, bytes);
    }

    /** Nanoseconds since the Unix epoch. */
    long time(KernelRecord record) {
        return record.getLong(TIME) + bootToWall;
    }

    /** Index of the record's process in the batch that {@link #begin(KernelRecord)} gave. */
    int process(KernelRecord record) {
        return last.is(record, open, who) ? last.index : last.learn(record, open, who);
    }

    /** The process of the record before: mostly the next one is of the same. */
    private static final class LastProcess {
        private OpenBatch batch;
        private Attribution who;
        private int pid;
        private int containerPid;
        private long startTime;
        private int uid;
        private int gid;
        private long commStart;
        private long commEnd;
        private int index;

        boolean is(KernelRecord record, OpenBatch batch, Attribution who) {
            return batch == this.batch && who == this.who && record.getInt(PID) == pid
                    && record.getLong(START_TIME) == startTime && record.getInt(UID) == uid
                    && record.getInt(GID) == gid && record.getInt(CONTAINER_PID) == containerPid
                    && record.getLong(COMM) == commStart && record.getLong(COMM_END) == commEnd;
        }

        int learn(KernelRecord record, OpenBatch batch, Attribution who) {
            this.batch = null; // whatever is wrong with the record: what was learnt of it by halves is not used
            pid = record.getInt(PID);
            containerPid = record.getInt(CONTAINER_PID);
            startTime = record.getLong(START_TIME);
            uid = record.getInt(UID);
            gid = record.getInt(GID);
            commStart = record.getLong(COMM);
            commEnd = record.getLong(COMM_END);
            index = batch.builder().process(pid, containerPid, startTime, who.containerId(),
                    record.text(COMM, KernelLayouts.COMM_BYTES), uid, gid);
            this.who = who;
            this.batch = batch;
            return index;
        }
    }

    /** Lengths come as the kernel's unsigned numbers; none may be negative, and together they must be there. */
    static boolean fits(int available, int... lengths) {
        long sum = 0;
        for (int length : lengths) {
            if (length < 0) {
                return false;
            }
            sum += length;
        }
        return sum <= available;
    }
}
