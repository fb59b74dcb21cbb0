package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.EventClass;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;

/** Records of files: open. */
final class FileRecords implements RecordDecoder {
    static final StructLayout OPEN = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("result"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("mode"),
            JAVA_INT.withName("path_flags"),
            JAVA_INT.withName("given_length"),
            JAVA_INT.withName("walked_length")).withName("kg_open");

    static final List<StructLayout> LAYOUTS = List.of(OPEN);

    private static final long OPEN_RESULT = offset(OPEN, "result");
    private static final long OPEN_FLAGS = offset(OPEN, "flags");
    private static final long OPEN_MODE = offset(OPEN, "mode");
    private static final long OPEN_PATH_FLAGS = offset(OPEN, "path_flags");
    private static final long OPEN_GIVEN_LENGTH = offset(OPEN, "given_length");
    private static final long OPEN_WALKED_LENGTH = offset(OPEN, "walked_length");
    private static final int OPEN_BYTES = (int) OPEN.byteSize();

    private final RecordContext to;

    FileRecords(RecordContext to) {
        this.to = to;
    }

    @Override
    public boolean decode(int type, MemorySegment ring, long at, int length) {
        return switch (type) {
            case KernelLayouts.TYPE_OPEN -> length >= OPEN_BYTES && open(ring, at, length);
            default -> false;
        };
    }

    private boolean open(MemorySegment ring, long at, int length) {
        int givenLength = ring.get(JAVA_INT, at + OPEN_GIVEN_LENGTH);
        int walkedLength = ring.get(JAVA_INT, at + OPEN_WALKED_LENGTH);
        int pathFlags = ring.get(JAVA_INT, at + OPEN_PATH_FLAGS);
        if (!RecordContext.fits(length - OPEN_BYTES, givenLength, walkedLength, 0)) {
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
        EventBatchBuilder batch = to.begin(ring, at);
        batch.addOpen(to.time(ring, at), to.process(ring, at), path, ring.get(JAVA_INT, at + OPEN_FLAGS),
                ring.get(JAVA_INT, at + OPEN_MODE), ring.get(JAVA_INT, at + OPEN_RESULT), pathFlags);
        to.added(EventClass.BULK, length);
        return true;
    }
}
