package io.kubeguardian.policy.cel;

import io.kubeguardian.schema.IpNetwork;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A network of CEL in Kubernetes: an address, and how many of its bits name the network. */
record Cidr(IpAddress ip, int bits, IpNetwork network) {
    /** @throws IllegalArgumentException when the text is no network */
    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("0|[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException("\"" + text + "\" is no network, such as 10.0.0.0/8");
        }
        return of(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    private static Cidr of(IpAddress ip, int bits) {
        return new Cidr(ip, bits, IpNetwork.of(ip + "/" + bits));
    }

    boolean contains(IpAddress other) {
        return network.contains(IpNetwork.of(other.toString())) && other.family() == ip.family();
    }

    boolean contains(Cidr other) {
        return bits <= other.bits && contains(other.ip);
    }

    Cidr masked() {
        byte[] bytes = ip.address().getAddress();
        for (int i = bits; i < bytes.length * 8; i++) {
            bytes[i >> 3] &= (byte) ~(0x80 >> (i & 7));
        }
        try {
            return of(new IpAddress(InetAddress.getByAddress(bytes)), bits);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // the length is that of an address
        }
    }

    @Override
    public String toString() {
        return ip + "/" + bits;
    }
}
