package io.kubeguardian.collector.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The consumer's side of a BPF ring buffer, without system calls. Format: the kernel's
 * Documentation/bpf/ringbuf.rst and kernel/bpf/ringbuf.c. Positions only grow; a record is 8 bytes of head (length,
 * with bit 31 while it is being written and bit 30 when it was given up) and its data, rounded up to 8. The kernel offers
 * the data twice in a row, so that a record at the end lies in one piece; but the second time would count as memory of this
 * process once more, so only the first is mapped, and the few records that go round the end are put together.
 */
public final class RingReader {
    static final int BUSY = 1 << 31;
    static final int DISCARD = 1 << 30;
    static final int HEAD_BYTES = 8;

    private static final VarHandle POSITION = JAVA_LONG.varHandle();
    private static final VarHandle HEAD = JAVA_INT.varHandle();

    private final MemorySegment consumer;
    private final MemorySegment producer;
    private final MemorySegment data;
    private final long mask;
    private final long start;
    private long position;
    /** For a record that goes round the end. */
    private MemorySegment joined = MemorySegment.NULL;

    /**
     * @param consumer the page with the consumer's position, writable
     * @param producer the page with the producer's position
     * @param data the data, a power of two of bytes
     */
    public RingReader(MemorySegment consumer, MemorySegment producer, MemorySegment data) {
        this.consumer = consumer;
        this.producer = producer;
        this.data = data;
        this.mask = data.byteSize() - 1;
        this.start = (long) POSITION.getAcquire(consumer, 0L);
        this.position = start;
    }

    /** How far the kernel has written. */
    public long produced() {
        return (long) POSITION.getAcquire(producer, 0L);
    }

    /** Bytes read so far. Any thread may ask. */
    public long consumed() {
        return (long) POSITION.getAcquire(consumer, 0L) - start;
    }

    /** Bytes written and not read yet. Any thread may ask. */
    public long pending() {
        return produced() - (long) POSITION.getAcquire(consumer, 0L);
    }

    /** How far records were taken. */
    public long position() {
        return position;
    }

    /**
     * Shows records without taking them; those that are still being written are passed over.
     *
     * @param from where a record starts, {@link #position()} or later
     * @param end as {@link #produced()} returned it
     */
    public void peek(long from, long end, RecordHandler handler) {
        for (long next = from; next < end;) {
            long at = next & mask;
            int head = (int) HEAD.getAcquire(data, at);
            int length = head & ~(BUSY | DISCARD);
            if ((head & (BUSY | DISCARD)) == 0) {
                handOver(at + HEAD_BYTES, length, handler);
            }
            next += (length + HEAD_BYTES + 7L) & ~7L;
        }
    }

    /**
     * Hands over the records before {@code end}, or up to the first that is still being written.
     *
     * @param end as {@link #produced()} returned it
     * @return how many records were handed over
     */
    public int drain(long end, RecordHandler handler) {
        int records = 0;
        while (position < end) {
            long at = position & mask;
            int head = (int) HEAD.getAcquire(data, at);
            if ((head & BUSY) != 0) {
                break;
            }
            int length = head & ~DISCARD;
            try {
                if ((head & DISCARD) == 0) {
                    handOver(at + HEAD_BYTES, length, handler);
                    records++;
                }
            } finally {
                position += (length + HEAD_BYTES + 7L) & ~7L;
                POSITION.setRelease(consumer, 0L, position);
            }
        }
        return records;
    }

    private void handOver(long start, int length, RecordHandler handler) {
        long at = start & mask;
        long first = data.byteSize() - at;
        if (length <= first) {
            handler.record(data, at, length);
            return;
        }
        if (joined.byteSize() < length) {
            joined = Arena.ofAuto().allocate(length, Long.BYTES);
        }
        MemorySegment.copy(data, at, joined, 0, first);
        MemorySegment.copy(data, 0, joined, first, length - first);
        handler.record(joined, 0, length);
    }
}
