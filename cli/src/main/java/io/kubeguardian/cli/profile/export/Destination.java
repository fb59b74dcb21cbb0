package io.kubeguardian.cli.profile.export;

import io.kubeguardian.cli.UserError;

/**
 * A destination as a profile's item names it: {@code 10.0.0.5:5432}, {@code 10.0.7.0/24:53/udp}, {@code [2001:db8:…]:443},
 * {@code db.shop.svc.cluster.local:5432}.
 *
 * @param host name, address or network as address/bits
 * @param protocol TCP or UDP
 */
record Destination(String host, int port, String protocol) {
    static Destination of(String item) {
        String protocol = item.endsWith("/udp") ? "UDP" : "TCP";
        String text = protocol.equals("UDP") ? item.substring(0, item.length() - 4) : item;
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            String host = text.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            if (host.isEmpty() || port < 0 || port > 65_535) {
                throw new NumberFormatException();
            }
            return new Destination(host, port, protocol);
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new UserError("the profile's destination " + item + " is no host:port", e);
        }
    }

    boolean isAddress() {
        return host.indexOf(':') >= 0 || host.matches("[0-9.]+(/[0-9]+)?");
    }

    /** As Kubernetes writes networks. */
    String cidr() {
        String address = host.startsWith("::ffff:") && host.indexOf('.') > 0 ? host.substring(7) : host;
        if (address.indexOf('/') >= 0) {
            return address;
        }
        return address + (address.indexOf(':') >= 0 ? "/128" : "/32");
    }

    /** The namespace of a Service that the name is of; null: it is none. */
    String serviceNamespace() {
        String[] labels = host.split("\\.");
        return labels.length >= 3 && labels[2].equals("svc") ? labels[1] : null;
    }
}
