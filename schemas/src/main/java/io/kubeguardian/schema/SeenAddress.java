package io.kubeguardian.schema;

/**
 * An address with its port, as baselines name destinations: {@code 10.0.0.5:5432}, {@code [2001:db8::1]:53/udp}.
 *
 * @param port 0 to 65,535
 */
public record SeenAddress(IpNetwork address, int port, boolean datagrams) {
    private static final String UDP = "/udp";

    /** @throws IllegalArgumentException when it is none */
    public static SeenAddress of(String text) {
        SeenAddress address = parse(text);
        if (address == null) {
            throw new IllegalArgumentException("'" + text + "' is no address with a port such as 10.0.0.5:5432");
        }
        return address;
    }

    /** Null: it is none. */
    public static SeenAddress parse(String text) {
        boolean datagrams = text.endsWith(UDP);
        String rest = datagrams ? text.substring(0, text.length() - UDP.length()) : text;
        int colon = rest.lastIndexOf(':');
        IpNetwork address = null;
        int port = -1;
        if (colon > 0) {
            boolean bracketed = rest.charAt(0) == '[' && rest.charAt(colon - 1) == ']';
            address = IpNetwork.parse(bracketed ? rest.substring(1, colon - 1) : rest.substring(0, colon));
            port = port(rest, colon + 1);
        }
        return address == null || port < 0 ? null : new SeenAddress(address, port, datagrams);
    }

    private static int port(String text, int from) {
        int port = from < text.length() ? 0 : -1;
        for (int i = from; i < text.length() && port >= 0 && port <= 65_535; i++) {
            char c = text.charAt(i);
            port = c >= '0' && c <= '9' ? port * 10 + c - '0' : -1;
        }
        return port <= 65_535 ? port : -1;
    }
}
