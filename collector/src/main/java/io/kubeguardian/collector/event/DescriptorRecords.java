package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kubeguardian.collector.sensor.SystemCalls;
import io.kubeguardian.schema.Dup;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;

/** Records of descriptors: dup. */
final class DescriptorRecords implements RecordDecoder {
    static final StructLayout DUP = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("number"),
            JAVA_INT.withName("fd"),
            JAVA_INT.withName("result"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("opened"),
            JAVA_INT.withName("file_type"),
            JAVA_INT.withName("path_length"),
            JAVA_INT.withName("precious"),
            SocketEnds.SOCKET.withName("socket")).withName("kg_dup");

    static final List<StructLayout> LAYOUTS = List.of(DUP, SocketEnds.SOCKET);

    private static final long DUP_NUMBER = offset(DUP, "number");
    private static final long DUP_FD = offset(DUP, "fd");
    private static final long DUP_RESULT = offset(DUP, "result");
    private static final long DUP_FLAGS = offset(DUP, "flags");
    private static final long DUP_OPENED = offset(DUP, "opened");
    private static final long DUP_FILE_TYPE = offset(DUP, "file_type");
    private static final long DUP_PATH_LENGTH = offset(DUP, "path_length");
    private static final long DUP_PRECIOUS = offset(DUP, "precious");
    private static final long DUP_SOCKET = offset(DUP, "socket");
    private static final int DUP_BYTES = (int) DUP.byteSize();

    /** S_IFMT bits: inode(7). */
    private static final int DIRECTORY = 0040000;
    private static final int FIFO = 0010000;
    private static final int SOCKET = 0140000;

    private final RecordContext to;

    DescriptorRecords(RecordContext to) {
        this.to = to;
    }

    @Override
    public boolean decode(int type, MemorySegment ring, long at, int length) {
        return length >= DUP_BYTES && dup(ring, at, length);
    }

    private boolean dup(MemorySegment ring, long at, int length) {
        int pathLength = ring.get(JAVA_INT, at + DUP_PATH_LENGTH);
        long data = at + DUP_BYTES;
        SocketEnds socket = SocketEnds.read(ring, at + DUP_SOCKET, data, length - DUP_BYTES);
        if (socket == null || !RecordContext.fits(length - DUP_BYTES, pathLength)) {
            return false;
        }
        boolean opened = ring.get(JAVA_INT, at + DUP_OPENED) != 0;
        int fileType = ring.get(JAVA_INT, at + DUP_FILE_TYPE);
        EventBatchBuilder batch = to.begin(ring, at);
        batch.add(new Dup(to.time(ring, at), to.process(ring, at),
                batch.string(SystemCalls.name(ring.get(JAVA_INT, at + DUP_NUMBER))),
                ring.get(JAVA_INT, at + DUP_FD), ring.get(JAVA_INT, at + DUP_RESULT),
                batch.string(opened ? type(fileType, socket) : ""),
                batch.string(pathLength == 0 ? "" : KernelText.walkedPath(ring, data, pathLength)),
                socket.type(), socket.protocol(),
                batch.string(socket.localAddress()), socket.localPort(),
                batch.string(socket.remoteAddress()), socket.remotePort(),
                ring.get(JAVA_INT, at + DUP_FLAGS)));
        to.added(ring.get(JAVA_INT, at + DUP_PRECIOUS) != 0 ? EventClass.PRECIOUS : EventClass.BULK, length);
        return true;
    }

    /** In the words of Falco's {@code fd.type}. */
    private static String type(int fileType, SocketEnds socket) {
        return switch (fileType) {
            case 0 -> "other";
            case DIRECTORY -> "directory";
            case FIFO -> "pipe";
            case SOCKET -> socket.familyName();
            default -> "file";
        };
    }
}
