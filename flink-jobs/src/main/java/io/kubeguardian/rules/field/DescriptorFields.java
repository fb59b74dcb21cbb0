package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldValue.MISSING;
import static io.kubeguardian.rules.field.FieldValue.orNull;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * fd.*: the file of an OPEN or DUP, the socket of a CONNECT, SOCKET or DUP. Where a socket's own end is not known, fd.name
 * has the unspecified address there (0.0.0.0:0->10.0.0.5:5432). fd.ip, fd.port and fd.net look at the other end alone.
 */
final class DescriptorFields {
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int AF_PACKET = 17;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_UDP = 17;
    private static final int IPPROTO_ICMPV6 = 58;
    private static final int S_IFMT = 0170000;
    private static final int S_IFDIR = 0040000;

    private static final Set<EventType> FILES = Set.copyOf(EnumSet.of(EventType.OPEN, EventType.DUP));
    private static final Set<EventType> SOCKETS =
            Set.copyOf(EnumSet.of(EventType.CONNECT, EventType.SOCKET, EventType.DUP));
    private static final Set<EventType> ANY =
            Set.copyOf(EnumSet.of(EventType.OPEN, EventType.CONNECT, EventType.SOCKET, EventType.DUP));

    /** Falco's letters for what a descriptor is. */
    private static final Map<String, String> LETTERS = Map.ofEntries(
            Map.entry("file", "f"), Map.entry("directory", "d"), Map.entry("ipv4", "4"), Map.entry("ipv6", "6"),
            Map.entry("unix", "u"), Map.entry("pipe", "p"), Map.entry("event", "e"), Map.entry("eventpoll", "l"),
            Map.entry("inotify", "i"), Map.entry("signalfd", "s"), Map.entry("timerfd", "t"), Map.entry("bpf", "b"),
            Map.entry("userfaultfd", "u"), Map.entry("io_uring", "r"), Map.entry("memfd", "m"), Map.entry("pidfd", "P"),
            Map.entry("netlink", "n"));

    private DescriptorFields() {}

    static void addTo(FieldTable table) {
        addCommon(table);
        addFile(table);
        addSocket(table);
        addEnds(table);
    }

    private static void addCommon(FieldTable table) {
        table.text("fd.name", ANY, DescriptorFields::name);
        table.text("fd.type", ANY, DescriptorFields::type);
        table.text("fd.typechar", ANY, event -> {
            String type = type(event);
            return type == null ? null : LETTERS.getOrDefault(type, "o");
        });
        // Falco has -1 for a file that could not be opened; the reason is in evt.res.
        table.number("fd.num", ANY, FieldValue.Signed.of(event -> switch (event.type()) {
            case OPEN, DUP -> Math.max(-1, event.result());
            default -> event.fd() < 0 ? MISSING : event.fd();
        }, event -> switch (event.type()) {
            case OPEN, DUP -> event.isFailed() ? -1 : 1;
            default -> event.fd() < 0 ? 0 : 1;
        }));
    }

    private static void addFile(FieldTable table) {
        table.text("fd.nameraw", Set.of(EventType.OPEN), event -> orNull(event.rawPath()));
        table.text("fd.directory", FILES, event -> {
            String path = Paths.normal(event.path());
            int slash = path.lastIndexOf('/');
            return slash < 0 ? null : slash == 0 ? "/" : path.substring(0, slash);
        });
        table.text("fd.filename", FILES, event -> {
            String path = Paths.normal(event.path());
            return orNull(path.substring(path.lastIndexOf('/') + 1));
        });
    }

    private static void addSocket(FieldTable table) {
        table.text("fd.sockfamily", SOCKETS, event -> isIp(event) ? "ip" : event.family() == AF_UNIX ? "unix" : null);
        table.text("fd.l4proto", SOCKETS, DescriptorFields::transport);
        // Of a send that names its receiver itself: that is the way of a socket that is not connected.
        table.flag("fd.connected", SOCKETS, event -> FieldValue.Flag.of(switch (event.type()) {
            case CONNECT -> event.result() == 0;
            case SOCKET -> event.name().startsWith("accept");
            default -> event.port() != 0;
        }));
        table.flag("fd.name_changed", SOCKETS, event -> FieldValue.Flag.of(event.type() != EventType.DUP));
        table.flag("fd.is_server", SOCKETS, event -> FieldValue.Flag.of(isServer(event)));
    }

    /** Client and server end, local and remote end. */
    private static void addEnds(FieldTable table) {
        for (String name : new String[] {"fd.rip", "fd.ip", "fd.rnet", "fd.net"}) {
            table.plain(name, SOCKETS, (FieldValue.Address) event -> remote(event));
        }
        for (String name : new String[] {"fd.lip", "fd.lnet"}) {
            table.plain(name, SOCKETS, (FieldValue.Address) event -> local(event));
        }
        for (String name : new String[] {"fd.sip", "fd.snet"}) {
            table.plain(name, SOCKETS, (FieldValue.Address) event -> isServer(event) ? local(event) : remote(event));
        }
        for (String name : new String[] {"fd.cip", "fd.cnet"}) {
            table.plain(name, SOCKETS, (FieldValue.Address) event -> isServer(event) ? remote(event) : local(event));
        }
        for (String name : new String[] {"fd.rport", "fd.port"}) {
            table.number(name, SOCKETS, event -> port(remote(event), event.port()));
        }
        table.number("fd.lport", SOCKETS, event -> port(local(event), event.localPort()));
        table.number("fd.sport", SOCKETS, event -> isServer(event)
                ? port(local(event), event.localPort())
                : port(remote(event), event.port()));
        table.number("fd.cport", SOCKETS, event -> isServer(event)
                ? port(remote(event), event.port())
                : port(local(event), event.localPort()));
        table.text("fd.rip.name", SOCKETS, event -> hostName(event, remote(event)));
        table.text("fd.sip.name", SOCKETS,
                event -> hostName(event, isServer(event) ? local(event) : remote(event)));
        table.text("fd.cip.name", SOCKETS,
                event -> hostName(event, isServer(event) ? remote(event) : local(event)));
        table.text("fd.lip.name", SOCKETS, event -> hostName(event, local(event)));
    }

    private static String remote(EventView event) {
        return isIp(event) ? orNull(event.address()) : null;
    }

    private static String local(EventView event) {
        return isIp(event) ? orNull(event.localAddress()) : null;
    }

    private static long port(String address, int port) {
        return address == null ? MISSING : port;
    }

    private static String hostName(EventView event, String ip) {
        return ip == null ? null : orNull(event.hostName(ip));
    }

    /** Whether this end is the one that was connected to, as far as the call itself says. */
    private static boolean isServer(EventView event) {
        return event.type() == EventType.SOCKET
                && (event.name().startsWith("accept") || event.name().equals("bind") || event.name().equals("listen"));
    }

    static String name(EventView event) {
        if (event.type() == EventType.OPEN) {
            return orNull(Paths.normal(event.path()));
        }
        if (isIp(event)) {
            return ends(event);
        }
        return event.path().isEmpty() ? orNull(event.family() == AF_UNIX ? event.address() : "") : event.path();
    }

    /** client->server, as Falco has it; of a socket that only listens its own end. */
    private static String ends(EventView event) {
        String nowhere = event.family() == AF_INET ? "0.0.0.0" : "::";
        String local = end(event.localAddress().isEmpty() ? nowhere : event.localAddress(), event.localPort());
        if (event.address().isEmpty()) {
            return event.localAddress().isEmpty() ? null : local;
        }
        String remote = end(event.address(), event.port());
        return isServer(event) ? remote + "->" + local : local + "->" + remote;
    }

    /** "address:port"; null without an address. */
    static String end(String address, int port) {
        return address.isEmpty() ? null : address + ":" + port;
    }

    private static String type(EventView event) {
        if (event.type() == EventType.OPEN) {
            boolean directory = event.fileType() == 0
                    ? (event.openFlags() & OpenFlags.DIRECTORY) != 0
                    : (event.fileType() & S_IFMT) == S_IFDIR;
            return directory ? "directory" : "file";
        }
        if (!event.fdType().isEmpty()) {
            return event.fdType();
        }
        return switch (event.family()) {
            case AF_INET -> "ipv4";
            case AF_INET6 -> "ipv6";
            case AF_UNIX -> "unix";
            case AF_NETLINK -> "netlink";
            case AF_PACKET -> "packet";
            default -> null;
        };
    }

    /** tcp, udp, icmp, raw; null when neither protocol nor type say it. */
    private static String transport(EventView event) {
        if (!isIp(event)) {
            return null;
        }
        return switch (event.protocol()) {
            case IPPROTO_TCP -> "tcp";
            case IPPROTO_UDP -> "udp";
            case IPPROTO_ICMP, IPPROTO_ICMPV6 -> "icmp";
            default -> switch (event.socketType() & 0xf) {
                case SOCK_STREAM -> "tcp";
                case SOCK_DGRAM -> "udp";
                case SOCK_RAW -> "raw";
                default -> null;
            };
        };
    }

    private static boolean isIp(EventView event) {
        return event.family() == AF_INET || event.family() == AF_INET6;
    }
}
