package io.kubeguardian.collector.sensor;

import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.event.KernelLayouts;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.collector.ring.RecordHandler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads what the task iterator of {@code bpf/sensors/running.bpf.c} writes: 8 bytes of length, the record, and so on. */
final class ProcessWalk {
    /** More than the kernel keeps of an iterator at a time (32 KB, kernel/bpf/bpf_iter.c), so more than a record. */
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int HEAD_BYTES = 8;
    private static final long RECORD_BYTES = KernelLayouts.HEADER.byteSize();
    private static final long TIME = offset(KernelLayouts.HEADER, "time");
    private static final long START_TIME = offset(KernelLayouts.HEADER, "start_time");

    private final long attachBegan;
    private final long attached;
    private final RecordHandler handler;

    /**
     * @param attachBegan when the first program was attached, boot clock: the records' time, so that none is behind an
     *     event of its process that is in the ring already
     * @param attached when all were
     */
    ProcessWalk(long attachBegan, long attached, RecordHandler handler) {
        this.attachBegan = attachBegan;
        this.attached = attached;
        this.handler = handler;
    }

    /** @param fd of the iterator */
    void read(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
            for (long bytes; (bytes = Libc.read(fd, buffer)) > 0;) {
                take(buffer, bytes);
            }
        }
    }

    /** Hands over what one reading brought: whole records, because the buffer is no smaller than the kernel's own. */
    private void take(MemorySegment buffer, long bytes) {
        for (long at = 0; at < bytes;) {
            long record = at + HEAD_BYTES;
            long length = buffer.get(JAVA_LONG, at);
            if (length < RECORD_BYTES || length > bytes - record) {
                throw new SensorException("the walk of running processes wrote a record of " + length + " bytes");
            }
            long started = buffer.get(JAVA_LONG, record + START_TIME);
            if (started < attached) {
                buffer.set(JAVA_LONG, record + TIME, Math.max(attachBegan, started));
                handler.record(buffer, record, (int) length);
            }
            at = record + length;
        }
    }
}
