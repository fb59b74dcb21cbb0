package io.kubeguardian.collector.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** The few C library calls that Java has no way to make. Constants are those of Linux on x86-64. */
public final class Libc {
    public static final int EPERM = 1;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EACCES = 13;

    static final int EPOLLIN = 1;
    static final int EPOLLET = 1 << 31;
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    /** struct epoll_event is packed on x86-64: 4 bytes of events, 8 of data. */
    private static final int EPOLL_EVENT_BYTES = 12;

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final long MAP_FAILED = -1L;
    private static final int MADV_DONTNEED = 4;
    private static final int O_DIRECTORY_CLOEXEC = 0x90000;
    private static final int CLOCK_REALTIME = 0;
    private static final int CLOCK_BOOTTIME = 7;

    private static final SymbolLookup LIBRARY = Linker.nativeLinker().defaultLookup();
    private static final MethodHandle MMAP = Natives.function(LIBRARY, "mmap",
            FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
            Natives.KEEP_ERRNO);
    private static final MethodHandle MUNMAP =
            Natives.function(LIBRARY, "munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle MADVISE = Natives.function(LIBRARY, "madvise",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT), Natives.KEEP_ERRNO);
    private static final MethodHandle OPEN = Natives.function(LIBRARY, "open",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Natives.KEEP_ERRNO);
    private static final MethodHandle READ = Natives.function(LIBRARY, "read",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), Natives.KEEP_ERRNO);
    private static final MethodHandle CLOSE =
            Natives.function(LIBRARY, "close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EPOLL_CREATE = Natives.function(LIBRARY, "epoll_create1",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT), Natives.KEEP_ERRNO);
    private static final MethodHandle EPOLL_CTL = Natives.function(LIBRARY, "epoll_ctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), Natives.KEEP_ERRNO);
    private static final MethodHandle EPOLL_WAIT = Natives.function(LIBRARY, "epoll_wait",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), Natives.KEEP_ERRNO);
    private static final MethodHandle CLOCK_GETTIME =
            Natives.function(LIBRARY, "clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle GETPAGESIZE =
            Natives.function(LIBRARY, "getpagesize", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle MALLOC_TRIM =
            Natives.function(LIBRARY, "malloc_trim", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    private static final MethodHandle STRERROR =
            Natives.function(LIBRARY, "strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private Libc() {}

    /** The text of an error number, as strerror(3). */
    public static String errorText(int errno) {
        try {
            return ((MemorySegment) STRERROR.invokeExact(errno)).reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Gives memory that native code has freed back to the kernel. */
    public static void trimHeap() {
        try {
            int ignored = (int) MALLOC_TRIM.invokeExact(0L);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    public static int pageSize() {
        try {
            return (int) GETPAGESIZE.invokeExact();
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /**
     * Maps a descriptor shared, until the arena closes.
     *
     * @param offset in bytes, a multiple of the page size
     * @throws NativeException when the kernel refuses
     */
    public static MemorySegment map(Arena arena, int fd, long offset, long bytes, boolean writable) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            long address = (long) MMAP.invokeExact(state, MemorySegment.NULL, bytes,
                    writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, offset);
            if (address == MAP_FAILED) {
                throw new NativeException("mmap of " + bytes + " bytes", Natives.errno(state));
            }
            return MemorySegment.ofAddress(address).reinterpret(bytes, arena, Libc::unmap);
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    private static void unmap(MemorySegment segment) {
        try {
            int ignored = (int) MUNMAP.invokeExact(segment, segment.byteSize());
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Unmaps the pages of a range; the next access maps them anew, with what the file has there. For unwritten ones only. */
    static void forget(long address, long bytes) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            int result = (int) MADVISE.invokeExact(state, address, bytes, MADV_DONTNEED);
            if (result < 0) {
                throw new NativeException("madvise", Natives.errno(state));
            }
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Opens a directory for reading; the caller closes the descriptor. */
    public static int openDirectory(String path) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            int fd = (int) OPEN.invokeExact(state, call.allocateFrom(path), O_DIRECTORY_CLOEXEC);
            if (fd < 0) {
                throw new NativeException(path, Natives.errno(state));
            }
            return fd;
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Reads at most as much as the buffer holds; 0 at the end. */
    public static long read(int fd, MemorySegment buffer) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            while (true) {
                long bytes = (long) READ.invokeExact(state, fd, buffer, buffer.byteSize());
                if (bytes >= 0) {
                    return bytes;
                }
                if (Natives.errno(state) != EINTR) {
                    throw new NativeException("read", Natives.errno(state));
                }
            }
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    public static void close(int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(fd);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Nanoseconds of wall time minus nanoseconds since boot: what turns the kernel's event times into wall time. */
    public static long bootToWallNanos() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment time = call.allocate(JAVA_LONG, 2);
            // The wall clock is read between two readings of the boot clock, whose middle belongs to it.
            long before = clock(CLOCK_BOOTTIME, time);
            long wall = clock(CLOCK_REALTIME, time);
            long after = clock(CLOCK_BOOTTIME, time);
            return wall - (before + (after - before) / 2);
        }
    }

    /** Nanoseconds since boot, suspended time included: the clock of the kernel's events. */
    public static long bootNanos() {
        try (Arena call = Arena.ofConfined()) {
            return clock(CLOCK_BOOTTIME, call.allocate(JAVA_LONG, 2));
        }
    }

    private static long clock(int clock, MemorySegment time) {
        try {
            int result = (int) CLOCK_GETTIME.invokeExact(clock, time);
            if (result != 0) {
                throw new NativeException("clock_gettime " + clock + " failed", null);
            }
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
        return time.getAtIndex(JAVA_LONG, 0) * 1_000_000_000L + time.getAtIndex(JAVA_LONG, 1);
    }

    static int epollCreate() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            int fd = (int) EPOLL_CREATE.invokeExact(state, EPOLL_CLOEXEC);
            if (fd < 0) {
                throw new NativeException("epoll_create1", Natives.errno(state));
            }
            return fd;
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static void epollAdd(int epoll, int fd, int events) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Natives.CALL_STATE);
            MemorySegment event = call.allocate(EPOLL_EVENT_BYTES, 4);
            event.set(JAVA_INT, 0, events);
            event.set(JAVA_INT, 4, fd);
            int result = (int) EPOLL_CTL.invokeExact(state, epoll, EPOLL_CTL_ADD, fd, event);
            if (result < 0) {
                throw new NativeException("epoll_ctl", Natives.errno(state));
            }
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** A buffer for {@link #epollWait}, for one thread: its call state, then its events. */
    static MemorySegment epollBuffer(Arena arena) {
        return arena.allocate(Natives.CALL_STATE.byteSize() + 4 * EPOLL_EVENT_BYTES, 8);
    }

    static void epollWait(int epoll, MemorySegment buffer, int timeoutMillis) {
        MemorySegment state = buffer.asSlice(0, Natives.CALL_STATE);
        try {
            int result = (int) EPOLL_WAIT.invokeExact(
                    state, epoll, buffer.asSlice(Natives.CALL_STATE.byteSize()), 4, timeoutMillis);
            if (result < 0 && Natives.errno(state) != EINTR) {
                throw new NativeException("epoll_wait", Natives.errno(state));
            }
        } catch (NativeException e) {
            throw e;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }
}
