package io.kubeguardian.collector.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Waits for descriptors to have something to read. To be used by one thread. */
public final class Epoll implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = Libc.epollBuffer(arena);
    private final int fd = Libc.epollCreate();

    /** Ends a wait whenever the descriptor has something to read. */
    public void add(int descriptor) {
        Libc.epollAdd(fd, descriptor, Libc.EPOLLIN);
    }

    /** Ends a wait only when the other side asks for it: once per wake-up, not while there is something to read. */
    public void addEdge(int descriptor) {
        Libc.epollAdd(fd, descriptor, Libc.EPOLLIN | Libc.EPOLLET);
    }

    /** Waits at most so many milliseconds; a signal ends it early. */
    public void await(int millis) {
        Libc.epollWait(fd, buffer, millis);
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
