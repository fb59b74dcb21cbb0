package io.kubeguardian.collector.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.event.KernelLayouts;
import io.kubeguardian.collector.ffm.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** What the kernel's programs and the reader of the rings tell each other, in memory that both have mapped. */
public final class ReaderState {
    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final long IDLE = KernelLayouts.offset(KernelLayouts.READER, "idle");
    private static final long PRECIOUS_LOST = KernelLayouts.offset(KernelLayouts.READER, "precious_lost");
    private static final long BULK_LOST = KernelLayouts.offset(KernelLayouts.READER, "bulk_lost");

    private final MemorySegment shared;

    /**
     * @param arena it is unmapped when that closes
     * @param fd the map that holds {@code kg_reader}
     */
    public ReaderState(Arena arena, int fd) {
        this(Libc.map(arena, fd, 0, Libc.pageSize(), true));
    }

    ReaderState(MemorySegment shared) {
        this.shared = shared;
    }

    /**
     * True asks for a wake-up with the next event. An event that came before may not have seen it: look into the rings
     * once more after asking, before waiting.
     */
    public void idle(boolean idle) {
        INT.setVolatile(shared, IDLE, idle ? 1 : 0);
    }

    /** Events that the precious ring had no room for, since the start. Any thread may ask. */
    public long preciousLost() {
        return (long) LONG.getVolatile(shared, PRECIOUS_LOST);
    }

    /** Events that the bulk ring had no room for, since the start. Any thread may ask. */
    public long bulkLost() {
        return (long) LONG.getVolatile(shared, BULK_LOST);
    }
}
