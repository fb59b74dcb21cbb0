package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kubeguardian.collector.sensor.SystemCalls;
import io.kubeguardian.schema.Dup;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import java.lang.foreign.MemoryLayout;
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
    public boolean decode(int type, KernelRecord record) {
        return record.length() >= DUP_BYTES && dup(record);
    }

    private boolean dup(KernelRecord record) {
        int pathLength = record.getInt(DUP_PATH_LENGTH);
        long data = DUP_BYTES;
        SocketEnds socket = SocketEnds.read(record, DUP_SOCKET, data, record.length() - DUP_BYTES);
        if (socket == null || !RecordContext.fits(record.length() - DUP_BYTES, pathLength)) {
            return false;
        }
        boolean opened = record.getInt(DUP_OPENED) != 0;
        int fileType = record.getInt(DUP_FILE_TYPE);
        EventBatchBuilder batch = to.begin(record);
        batch.add(new Dup(to.time(record), to.process(record),
                batch.string(SystemCalls.name(record.getInt(DUP_NUMBER))),
                record.getInt(DUP_FD), record.getInt(DUP_RESULT),
                batch.string(opened ? type(fileType, socket) : ""),
                batch.string(pathLength == 0 ? "" : record.walkedPath(data, pathLength)),
                socket.type(), socket.protocol(),
                batch.string(socket.localAddress()), socket.localPort(),
                batch.string(socket.remoteAddress()), socket.remotePort(),
                record.getInt(DUP_FLAGS)));
        to.added(record.getInt(DUP_PRECIOUS) != 0 ? EventClass.PRECIOUS : EventClass.BULK, record.length());
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
