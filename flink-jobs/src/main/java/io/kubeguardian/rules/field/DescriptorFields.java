package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldValue.MISSING;
import static io.kubeguardian.rules.field.FieldValue.orNull;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import java.util.ArrayDeque;
import java.util.Set;

/**
 * fd.*: the file of an OPEN, the socket of a CONNECT. The sensor does not know a connection's own end, so fd.name has
 * the unspecified address there (0.0.0.0:0->10.0.0.5:5432), and fd.ip, fd.port and fd.net look at the other end alone.
 */
final class DescriptorFields {
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private static final Set<EventType> OPEN = Set.of(EventType.OPEN);
    private static final Set<EventType> CONNECT = Set.of(EventType.CONNECT);
    private static final Set<EventType> BOTH = Set.of(EventType.OPEN, EventType.CONNECT);

    private DescriptorFields() {}

    static void addTo(FieldTable table) {
        addCommon(table);
        addFile(table);
        addSocket(table);
    }

    private static void addCommon(FieldTable table) {
        table.text("fd.name", BOTH, DescriptorFields::name);
        table.text("fd.type", BOTH, event -> type(event, "file", "directory", "ipv4", "ipv6", "unix"));
        table.text("fd.typechar", BOTH, event -> type(event, "f", "d", "4", "6", "u"));
    }

    private static void addFile(FieldTable table) {
        table.text("fd.nameraw", OPEN, event -> orNull(event.path()));
        // Falco has -1 for a file that could not be opened; the reason is in evt.res.
        table.number("fd.num", OPEN, event -> Math.max(-1, event.result()));
        table.text("fd.directory", OPEN, event -> {
            String path = normal(event.path());
            int slash = path.lastIndexOf('/');
            return slash < 0 ? null : slash == 0 ? "/" : path.substring(0, slash);
        });
        table.text("fd.filename", OPEN, event -> {
            String path = normal(event.path());
            return orNull(path.substring(path.lastIndexOf('/') + 1));
        });
    }

    private static void addSocket(FieldTable table) {
        for (String name : new String[] {"fd.sip", "fd.rip", "fd.ip", "fd.snet", "fd.rnet", "fd.net"}) {
            FieldValue.Address address = event -> isIp(event) ? orNull(event.address()) : null;
            table.plain(name, CONNECT, address);
        }
        for (String name : new String[] {"fd.sport", "fd.rport", "fd.port"}) {
            table.number(name, CONNECT, event -> isIp(event) ? event.port() : MISSING);
        }
        table.text("fd.sockfamily", CONNECT, event -> isIp(event) ? "ip" : event.family() == AF_UNIX ? "unix" : null);
        table.flag("fd.connected", CONNECT, event -> FieldValue.Flag.of(event.result() == 0));
        table.flag("fd.name_changed", CONNECT, event -> 1);
        table.flag("fd.is_server", CONNECT, event -> 0);
    }

    static String name(EventView event) {
        if (event.type() == EventType.OPEN) {
            return orNull(normal(event.path()));
        }
        return switch (event.family()) {
            case AF_INET -> "0.0.0.0:0->" + event.address() + ":" + event.port();
            case AF_INET6 -> ":::0->" + event.address() + ":" + event.port();
            default -> orNull(event.address());
        };
    }

    private static String type(EventView event, String file, String directory, String v4, String v6, String unix) {
        if (event.type() == EventType.OPEN) {
            return (event.openFlags() & OpenFlags.DIRECTORY) == 0 ? file : directory;
        }
        return switch (event.family()) {
            case AF_INET -> v4;
            case AF_INET6 -> v6;
            case AF_UNIX -> unix;
            default -> null;
        };
    }

    private static boolean isIp(EventView event) {
        return event.family() == AF_INET || event.family() == AF_INET6;
    }

    /** False for some normal ones too: those with a hidden file. */
    private static boolean isNormal(String path) {
        int last = path.length() - 1;
        for (int slash = path.indexOf('/'); slash >= 0 && slash < last; slash = path.indexOf('/', slash + 1)) {
            char next = path.charAt(slash + 1);
            if (next == '/' || next == '.') {
                return false;
            }
        }
        return true;
    }

    /** Without empty, "." and ".." parts, so that no detour hides a file. Most paths are normal already. */
    static String normal(String path) {
        if (isNormal(path)) {
            return path;
        }
        boolean absolute = path.startsWith("/");
        ArrayDeque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/")) {
            if (part.equals("..") && !parts.isEmpty() && !parts.peekLast().equals("..")) {
                parts.removeLast();
            } else if (!part.isEmpty() && !part.equals(".") && !(absolute && part.equals(".."))) {
                parts.addLast(part);
            }
        }
        return (absolute ? "/" : "") + String.join("/", parts);
    }
}
