package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.ingest.MalformedLineException;
import io.kubeguardian.ingest.json.Bounds;
import io.kubeguardian.ingest.json.Fields;
import java.util.regex.Pattern;

/** A socket and both of its ends, as far as they are told; numbers as of Linux's system calls. */
record SocketEnds(
        int family, int type, int protocol, String localAddress, int localPort, String remoteAddress, int remotePort) {
    static final SocketEnds NONE = new SocketEnds(0, 0, 0, "", 0, "", 0);
    private static final Pattern NUMERIC = Pattern.compile("[0-9a-fA-F:.]{0,45}");
    private static final int MOST_PORT = 65_535;
    /** sun_path of sockaddr_un. */
    private static final int LONGEST_UNIX = 108;
    private static final int TCP = 6;
    private static final int UDP = 17;

    /** Messages KprobeSock and KprobeSkb of Tetragon's API. */
    static SocketEnds of(Fields socket) throws MalformedLineException {
        String local = address(socket, "saddr");
        String remote = address(socket, "daddr");
        int protocol = Names.protocol(socket.text("protocol"));
        String type = socket.text("type");
        return new SocketEnds(family(socket.text("family"), remote.isEmpty() ? local : remote),
                type.isEmpty() ? usualType(protocol) : Names.socketType(type), protocol, local, port(socket, "sport"),
                remote, port(socket, "dport"));
    }

    /** A packet (skb) has no socket type. */
    private static int usualType(int protocol) {
        return protocol == TCP ? Names.socketType("SOCK_STREAM") : protocol == UDP ? Names.socketType("SOCK_DGRAM") : 0;
    }

    /** Message KprobeSockaddr: an address given to a call, which is the other end for all calls but bind. */
    static SocketEnds ofAddress(Fields address) throws MalformedLineException {
        String family = address.text("family");
        String remote = family.equals("AF_UNIX")
                ? Bounds.cut(address.text("addr"), LONGEST_UNIX) : address(address, "addr");
        return new SocketEnds(family(family, remote), 0, 0, "", 0, remote, port(address, "port"));
    }

    /** The other way round. */
    SocketEnds swapped() {
        return new SocketEnds(family, type, protocol, remoteAddress, remotePort, localAddress, localPort);
    }

    /** With what the other tells and this does not. */
    SocketEnds with(SocketEnds other) {
        return new SocketEnds(family == 0 ? other.family : family, type == 0 ? other.type : type,
                protocol == 0 ? other.protocol : protocol,
                localAddress.isEmpty() ? other.localAddress : localAddress, localPort == 0 ? other.localPort : localPort,
                remoteAddress.isEmpty() ? other.remoteAddress : remoteAddress,
                remotePort == 0 ? other.remotePort : remotePort);
    }

    private static int family(String name, String address) {
        if (!name.isEmpty()) {
            return Names.family(name);
        }
        return address.isEmpty() ? 0 : address.indexOf(':') >= 0 ? 10 : 2;
    }

    private static String address(Fields fields, String name) throws MalformedLineException {
        String address = fields.text(name);
        if (!NUMERIC.matcher(address).matches()) {
            throw new MalformedLineException(fields.at(name) + " is not a numeric IP address");
        }
        return address;
    }

    private static int port(Fields fields, String name) throws MalformedLineException {
        return (int) fields.number(name, 0, 0, MOST_PORT);
    }
}
