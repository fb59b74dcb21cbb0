package io.kubeguardian.schema;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** An IP address or a network in CIDR notation. IPv4 is held as IPv4-mapped IPv6, so ::ffff:10.0.0.1 is 10.0.0.1. */
public record IpNetwork(long high, long low, int bits) {
    private static final long MAPPED = 0xffff_0000_0000L;

    /** @throws IllegalArgumentException when the text is neither an address nor a network; no name is looked up */
    public static IpNetwork of(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean v4 = address.indexOf(':') < 0;
        IpNetwork parsed = parse(address);
        if (parsed == null) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address or network such as 10.0.0.0/8");
        }
        if (slash < 0) {
            return parsed;
        }
        int bits;
        try {
            bits = Integer.parseInt(text, slash + 1, text.length(), 10);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' has no number of bits after the slash", e);
        }
        if (bits < 0 || bits > (v4 ? 32 : 128)) {
            throw new IllegalArgumentException("'" + text + "' has a network of " + bits + " bits");
        }
        return new IpNetwork(parsed.high, parsed.low, v4 ? bits + 96 : bits);
    }

    /** The address of a textual form as the sensors write it; null for anything else. */
    public static IpNetwork parse(String address) {
        if (address.indexOf(':') < 0) {
            long v4 = parseV4(address);
            return v4 < 0 ? null : new IpNetwork(0, MAPPED | v4, 128);
        }
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
                return null;
            }
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            if (bytes.length == 4) {
                return new IpNetwork(0, MAPPED | number(bytes, 0, 4), 128);
            }
            return new IpNetwork(number(bytes, 0, 8), number(bytes, 8, 16), 128);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    public boolean contains(IpNetwork address) {
        if (bits <= 64) {
            return same(high, address.high, bits);
        }
        return high == address.high && same(low, address.low, bits - 64);
    }

    /** Whether the bits behind the network's own are all 0, as they are in 10.0.0.0/8. */
    public boolean isCanonical() {
        long highRest = bits >= 64 ? 0 : bits == 0 ? high : high << bits;
        long lowRest = bits >= 128 ? 0 : bits <= 64 ? low : low << (bits - 64);
        return highRest == 0 && lowRest == 0;
    }

    /** Whether it is of IPv4, written either way. */
    public boolean isV4() {
        return bits >= 96 && high == 0 && low >>> 32 == MAPPED >>> 32;
    }

    /** The 16 bytes of the address. */
    public byte[] bytes() {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    private static boolean same(long a, long b, int bits) {
        return bits == 0 || (a ^ b) >>> (64 - bits) == 0;
    }

    private static long number(byte[] bytes, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }

    /** An IPv4 address as a number of 32 bits; -1 for anything else. Makes no object. */
    public static long parseV4(String address) {
        long value = 0;
        int part = -1;
        int parts = 0;
        for (int i = 0; i <= address.length(); i++) {
            char c = i < address.length() ? address.charAt(i) : '.';
            if (c == '.') {
                if (part < 0 || ++parts > 4) {
                    return -1;
                }
                value = value << 8 | part;
                part = -1;
            } else if (c >= '0' && c <= '9') {
                part = Math.max(part, 0) * 10 + (c - '0');
                if (part > 255) {
                    return -1;
                }
            } else {
                return -1;
            }
        }
        return parts == 4 ? value : -1;
    }
}
