package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;

/** Records of sockets: connect. */
final class NetworkRecords implements RecordDecoder {
    static final StructLayout CONNECT = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("result"),
            JAVA_INT.withName("family"),
            JAVA_INT.withName("port"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("address_length"),
            JAVA_INT.withName("reserved")).withName("kg_connect");

    static final List<StructLayout> LAYOUTS = List.of(CONNECT);

    private static final long CONNECT_RESULT = offset(CONNECT, "result");
    private static final long CONNECT_FAMILY = offset(CONNECT, "family");
    private static final long CONNECT_PORT = offset(CONNECT, "port");
    private static final long CONNECT_FLAGS = offset(CONNECT, "flags");
    private static final long CONNECT_ADDRESS_LENGTH = offset(CONNECT, "address_length");
    private static final int CONNECT_BYTES = (int) CONNECT.byteSize();

    private final RecordContext to;

    NetworkRecords(RecordContext to) {
        this.to = to;
    }

    @Override
    public boolean decode(int type, MemorySegment ring, long at, int length) {
        return switch (type) {
            case KernelLayouts.TYPE_CONNECT -> length >= CONNECT_BYTES && connect(ring, at, length);
            default -> false;
        };
    }

    private boolean connect(MemorySegment ring, long at, int length) {
        int addressLength = ring.get(JAVA_INT, at + CONNECT_ADDRESS_LENGTH);
        int family = ring.get(JAVA_INT, at + CONNECT_FAMILY);
        if (!RecordContext.fits(length - CONNECT_BYTES, addressLength, 0, 0)) {
            return false;
        }
        String address = KernelText.address(family, ring, at + CONNECT_BYTES, addressLength);
        EventBatchBuilder batch = to.begin(ring, at);
        batch.addConnect(to.time(ring, at), to.process(ring, at), family, address,
                ring.get(JAVA_INT, at + CONNECT_PORT), ring.get(JAVA_INT, at + CONNECT_RESULT),
                ring.get(JAVA_INT, at + CONNECT_FLAGS));
        to.added(EventClass.PRECIOUS, length);
        return true;
    }
}
