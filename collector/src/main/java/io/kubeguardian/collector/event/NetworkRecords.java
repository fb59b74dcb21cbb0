package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.sensor.SystemCalls;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.SocketCall;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.List;

/** Records of sockets: connect; socket, bind, listen, accept, sendto and their kin. */
final class NetworkRecords implements RecordDecoder {
    static final StructLayout CONNECT = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("result"),
            JAVA_INT.withName("fd"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("reserved"),
            GivenAddress.LAYOUT.withName("given"),
            SocketEnds.SOCKET.withName("socket")).withName("kg_connect");

    static final StructLayout SOCKET_CALL = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_LONG.withName("size"),
            JAVA_INT.withName("result"),
            JAVA_INT.withName("fd"),
            JAVA_INT.withName("call"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("precious"),
            JAVA_INT.withName("reserved"),
            GivenAddress.LAYOUT.withName("given"),
            SocketEnds.SOCKET.withName("socket")).withName("kg_socket_call");

    static final List<StructLayout> LAYOUTS = List.of(GivenAddress.LAYOUT, SocketEnds.SOCKET, CONNECT, SOCKET_CALL);

    private static final long CONNECT_RESULT = offset(CONNECT, "result");
    private static final long CONNECT_FD = offset(CONNECT, "fd");
    private static final long CONNECT_FLAGS = offset(CONNECT, "flags");
    private static final long CONNECT_GIVEN = offset(CONNECT, "given");
    private static final long CONNECT_SOCKET = offset(CONNECT, "socket");
    private static final int CONNECT_BYTES = (int) CONNECT.byteSize();
    private static final long CALL_SIZE = offset(SOCKET_CALL, "size");
    private static final long CALL_RESULT = offset(SOCKET_CALL, "result");
    private static final long CALL_FD = offset(SOCKET_CALL, "fd");
    private static final long CALL_CALL = offset(SOCKET_CALL, "call");
    private static final long CALL_FLAGS = offset(SOCKET_CALL, "flags");
    private static final long CALL_PRECIOUS = offset(SOCKET_CALL, "precious");
    private static final long CALL_GIVEN = offset(SOCKET_CALL, "given");
    private static final long CALL_SOCKET = offset(SOCKET_CALL, "socket");
    private static final int CALL_BYTES = (int) SOCKET_CALL.byteSize();

    private static final int AF_UNIX = 1;
    private static final int EINPROGRESS = 115;

    private final RecordContext to;

    NetworkRecords(RecordContext to) {
        this.to = to;
    }

    @Override
    public boolean decode(int type, KernelRecord record) {
        return switch (type) {
            case KernelLayouts.TYPE_CONNECT -> record.length() >= CONNECT_BYTES && connect(record);
            case KernelLayouts.TYPE_SOCKET_CALL -> record.length() >= CALL_BYTES && socketCall(record);
            default -> false;
        };
    }

    private boolean connect(KernelRecord record) {
        long data = CONNECT_BYTES;
        int available = record.length() - CONNECT_BYTES;
        GivenAddress given = GivenAddress.read(record, CONNECT_GIVEN, data, available);
        SocketEnds socket = given == null
                ? null : SocketEnds.read(record, CONNECT_SOCKET, data + given.bytes(), available - given.bytes());
        if (socket == null) {
            return false;
        }
        int result = record.getInt(CONNECT_RESULT);
        // The kernel's own word where it has one: what was given may be rewritten, on the way or in the caller's memory.
        boolean own = (result == 0 || result == -EINPROGRESS) && isTold(socket.family(), socket.remoteAddress(), given);
        String address = own ? socket.remoteAddress() : given.address();
        int port = own ? socket.remotePort() : given.port();
        boolean differs = !address.equals(given.address()) || port != given.port();

        EventBatchBuilder batch = to.begin(record);
        Connect event = new Connect();
        event.setTime(to.time(record));
        event.setProcess(to.process(record));
        event.setFamily(socket.family() == 0 ? given.family() : socket.family());
        event.setAddress(batch.string(address));
        event.setPort(port);
        event.setResult(result);
        event.setFlags(record.getInt(CONNECT_FLAGS));
        event.setFd(socket.family() == 0 ? -1 : record.getInt(CONNECT_FD));
        event.setType(socket.type());
        event.setProtocol(socket.protocol());
        event.setLocalAddress(batch.string(socket.localAddress()));
        event.setLocalPort(socket.localPort());
        event.setRawAddress(differs ? batch.string(given.address()) : 0);
        event.setRawPort(differs ? given.port() : 0);
        batch.add(event);
        to.added(EventClass.PRECIOUS, record.length());
        return true;
    }

    private boolean socketCall(KernelRecord record) {
        long data = CALL_BYTES;
        int available = record.length() - CALL_BYTES;
        GivenAddress given = GivenAddress.read(record, CALL_GIVEN, data, available);
        SocketEnds socket = given == null
                ? null : SocketEnds.read(record, CALL_SOCKET, data + given.bytes(), available - given.bytes());
        if (socket == null) {
            return false;
        }
        String call = SystemCalls.name(record.getInt(CALL_CALL));
        int result = record.getInt(CALL_RESULT);
        boolean binds = call.equals("bind");
        boolean givenLocal = binds && !(result == 0 && isTold(socket.family(), socket.localAddress(), given));
        boolean givenRemote = !binds && given.family() != 0;

        EventBatchBuilder batch = to.begin(record);
        SocketCall event = new SocketCall();
        event.setTime(to.time(record));
        event.setProcess(to.process(record));
        event.setCall(batch.string(call));
        event.setFd(record.getInt(CALL_FD));
        event.setFamily(socket.family() == 0 ? given.family() : socket.family());
        event.setType(socket.type());
        event.setProtocol(socket.protocol());
        event.setLocalAddress(batch.string(givenLocal ? given.address() : socket.localAddress()));
        event.setLocalPort(givenLocal ? given.port() : socket.localPort());
        event.setRemoteAddress(batch.string(givenRemote ? given.address() : socket.remoteAddress()));
        event.setRemotePort(givenRemote ? given.port() : socket.remotePort());
        event.setSize(record.getLong(CALL_SIZE));
        event.setFlags(record.getInt(CALL_FLAGS));
        event.setResult(result);
        batch.add(event);
        to.added(record.getInt(CALL_PRECIOUS) != 0 ? EventClass.PRECIOUS : EventClass.BULK, record.length());
        return true;
    }

    /** Whether the kernel's name is one to go by: a unix socket's relative name starts where only its binder knows. */
    private static boolean isTold(int family, String name, GivenAddress given) {
        return !name.isEmpty()
                && (family != AF_UNIX || name.startsWith("/") || name.startsWith("@") || given.address().isEmpty());
    }
}
