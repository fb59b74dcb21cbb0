package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/**
 * What a socket is and what it connects: {@code struct kg_socket} of bpf/include/descriptor.h.
 *
 * @param family AF_…; 0: there is no socket
 * @param localAddress numeric IP address or path of a unix socket; empty when it has none
 * @param localPort host byte order; 0 when it has none
 */
record SocketEnds(int family, int type, int protocol, String localAddress, int localPort, String remoteAddress,
        int remotePort) {
    static final StructLayout SOCKET = MemoryLayout.structLayout(
            JAVA_INT.withName("family"),
            JAVA_INT.withName("type"),
            JAVA_INT.withName("protocol"),
            JAVA_INT.withName("local_port"),
            JAVA_INT.withName("remote_port"),
            JAVA_INT.withName("local_length"),
            JAVA_INT.withName("remote_length"),
            JAVA_INT.withName("reserved")).withName("kg_socket");

    private static final SocketEnds NONE = new SocketEnds(0, 0, 0, "", 0, "", 0);
    private static final long FAMILY = offset(SOCKET, "family");
    private static final long TYPE = offset(SOCKET, "type");
    private static final long PROTOCOL = offset(SOCKET, "protocol");
    private static final long LOCAL_PORT = offset(SOCKET, "local_port");
    private static final long REMOTE_PORT = offset(SOCKET, "remote_port");
    private static final long LOCAL_LENGTH = offset(SOCKET, "local_length");
    private static final long REMOTE_LENGTH = offset(SOCKET, "remote_length");

    /**
     * @param at of the struct
     * @param data of the addresses
     * @param available bytes of them
     * @return null when they do not fit
     * @throws IndexOutOfBoundsException likewise
     */
    static SocketEnds read(KernelRecord record, long at, long data, int available) {
        int family = record.getInt(at + FAMILY);
        if (family == 0) {
            return NONE;
        }
        int localLength = record.getInt(at + LOCAL_LENGTH);
        int remoteLength = record.getInt(at + REMOTE_LENGTH);
        if (!RecordContext.fits(available, localLength, remoteLength)) {
            return null;
        }
        return new SocketEnds(family, record.getInt(at + TYPE), record.getInt(at + PROTOCOL),
                address(family, record, data, localLength), record.getInt(at + LOCAL_PORT),
                address(family, record, data + localLength, remoteLength), record.getInt(at + REMOTE_PORT));
    }

    private static String address(int family, KernelRecord record, long at, int length) {
        return length == 0 ? "" : KernelText.address(family, record, at, length);
    }

    /** In the words of Falco's {@code fd.type}; the numbers are those of socket(2). */
    String familyName() {
        return switch (family) {
            case 1 -> "unix";
            case 2 -> "ipv4";
            case 10 -> "ipv6";
            case 16 -> "netlink";
            case 17 -> "packet";
            default -> "other";
        };
    }
}
