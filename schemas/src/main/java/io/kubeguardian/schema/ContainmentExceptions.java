package io.kubeguardian.schema;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a containment lets through nevertheless. The same check for who writes an exception and who puts it into force:
 * what is not understood is refused, never guessed at.
 */
public final class ContainmentExceptions {
    /** Most paths, and most destinations, of one decision. */
    public static final int MOST = 32;
    /** Longest path in bytes of UTF-8. */
    public static final int LONGEST_PATH = 239;
    /** Protocol numbers of IP. */
    public static final int TCP = 6;
    public static final int UDP = 17;

    private ContainmentExceptions() {}

    /**
     * Reads CIDR[:PORT][/tcp|udp] as people write it; an IPv6 address before a port stands in brackets.
     *
     * @throws IllegalArgumentException when the text is no such destination; the message says why
     */
    public static ExceptedDestination destination(String text) {
        String left = text.toLowerCase(Locale.ROOT);
        int protocol = left.endsWith("/tcp") ? TCP : left.endsWith("/udp") ? UDP : 0;
        left = protocol == 0 ? left : left.substring(0, left.length() - 4);
        int port = 0;
        int colon = portColon(left);
        if (colon >= 0) {
            port = port(text, left.substring(colon + 1));
            left = left.substring(0, colon);
        }
        if (left.startsWith("[") && left.indexOf(']') > 0) {
            left = left.substring(1).replaceFirst("]", "");
        }
        ExceptedDestination destination = new ExceptedDestination(left, port, protocol);
        check(destination);
        return destination;
    }

    /** Where the port begins: after the bits, after the bracket, or after the only colon. */
    private static int portColon(String text) {
        int colon = text.lastIndexOf(':');
        boolean alone = colon >= 0 && text.indexOf(':') == colon;
        return alone || colon > Math.max(text.indexOf('/'), text.indexOf(']')) && (text.indexOf('/') >= 0 || text.indexOf(']') >= 0)
                ? colon : -1;
    }

    private static int port(String text, String digits) {
        int port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : 0;
        if (port == 0) {
            throw new IllegalArgumentException("'" + text + "' has no port from 1 to 65535 after its colon");
        }
        return port;
    }

    /** As {@link #destination(String)} reads it. */
    public static String text(ExceptedDestination destination) {
        String network = destination.getNetwork();
        if (destination.getPort() != 0 && network.indexOf(':') >= 0) {
            int slash = network.indexOf('/');
            network = slash < 0 ? '[' + network + ']' : '[' + network.substring(0, slash) + ']' + network.substring(slash);
        }
        return network + (destination.getPort() == 0 ? "" : ":" + destination.getPort())
                + (destination.getProtocol() == 0 ? "" : destination.getProtocol() == TCP ? "/tcp" : "/udp");
    }

    /**
     * The addresses of a destination that was understood.
     *
     * @throws IllegalArgumentException when it is not; the message says why
     */
    public static IpNetwork check(ExceptedDestination destination) {
        IpNetwork network = IpNetwork.of(destination.getNetwork());
        if (!network.isCanonical()) {
            throw new IllegalArgumentException("'" + destination.getNetwork()
                    + "' has address bits behind the network's: write the network's own address");
        }
        if (destination.getPort() < 0 || destination.getPort() > 65_535) {
            throw new IllegalArgumentException("port " + destination.getPort() + " of '" + destination.getNetwork()
                    + "' is not from 1 to 65535");
        }
        int protocol = destination.getProtocol();
        if (protocol != 0 && protocol != TCP && protocol != UDP) {
            throw new IllegalArgumentException("protocol " + protocol + " of '" + destination.getNetwork()
                    + "' is neither TCP (6) nor UDP (17)");
        }
        return network;
    }

    /**
     * Accepts /a/file and, for all below a folder, /a/folder/ with an asterisk.
     *
     * @throws IllegalArgumentException when it is neither; the message says why
     */
    public static void checkPath(String path) {
        String plain = isPrefix(path) ? path.substring(0, path.length() - 2) : path;
        if (path.equals("/*")) {
            throw new IllegalArgumentException("path '/*' excepts everything: that is no containment");
        }
        if (!plain.startsWith("/") || plain.endsWith("/") || plain.contains("//")) {
            throw new IllegalArgumentException("path '" + path + "' is not absolute, such as /usr/bin/id or /usr/lib/*");
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            throw new IllegalArgumentException("path '" + path.substring(0, 40) + "…' is longer than " + LONGEST_PATH + " bytes");
        }
        if (plain.indexOf('*') >= 0) {
            throw new IllegalArgumentException("path '" + path + "' has an asterisk elsewhere than as its last name");
        }
        if ((plain + '/').contains("/../") || (plain + '/').contains("/./")) {
            throw new IllegalArgumentException("path '" + path + "' has . or .. in it: write where it leads");
        }
        if (path.chars().anyMatch(c -> c < ' ' || c == 127)) {
            throw new IllegalArgumentException("path has a control character in it");
        }
    }

    /** Whether a path stands for all below a folder. */
    public static boolean isPrefix(String path) {
        return path.endsWith("/*");
    }
}
