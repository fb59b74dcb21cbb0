package io.kubeguardian.collector.ring;

import io.kubeguardian.collector.ffm.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Maps a BPF_MAP_TYPE_RINGBUF: one page to write to, then read-only one page and the data. */
public final class KernelRing {
    private final int fd;
    private final int bytes;
    private final RingReader reader;

    /**
     * @param arena the ring is unmapped when it closes
     * @param fd the map
     * @param bytes its size
     */
    public KernelRing(Arena arena, int fd, int bytes) {
        long page = Libc.pageSize();
        MemorySegment consumer = Libc.map(arena, fd, 0, page, true);
        MemorySegment rest = Libc.map(arena, fd, page, page + bytes, false);
        this.fd = fd;
        this.bytes = bytes;
        this.reader = new RingReader(consumer, rest.asSlice(0, page), rest.asSlice(page, bytes));
    }

    /** To wait for. */
    public int fd() {
        return fd;
    }

    /** Its size. */
    public int bytes() {
        return bytes;
    }

    public RingReader reader() {
        return reader;
    }
}
