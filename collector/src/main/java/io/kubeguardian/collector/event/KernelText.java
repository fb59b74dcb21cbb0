package io.kubeguardian.collector.event;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Bytes of kernel records as text. Bytes that are not UTF-8 become U+FFFD; nothing here trusts its input. */
final class KernelText {
    private static final int AF_UNIX = 1;

    private KernelText() {}

    /** An absolute path without ".", ".." and slashes too many, by their names alone: links are not followed. */
    static String normalized(String path) {
        if (!path.contains("/.") && !path.contains("//") && !path.endsWith("/")) {
            return path;
        }
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/")) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return '/' + String.join("/", parts);
    }

    /** Strings that each end with a NUL, the last perhaps without one. */
    static List<String> strings(KernelRecord record, long offset, int length) {
        byte[] bytes = record.bytes(offset, length);
        List<String> strings = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == 0) {
                strings.add(new String(bytes, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        if (start < length) {
            strings.add(new String(bytes, start, length - start, StandardCharsets.UTF_8));
        }
        return strings;
    }

    /** Numeric IP address, or the path of a Unix socket; an abstract one starts with '@' instead of NUL. Empty: none. */
    static String address(int family, KernelRecord record, long offset, int length) {
        if (length == 0) {
            return "";
        }
        if (family == AF_UNIX) {
            if (length > 1 && record.getByte(offset) == 0) {
                return '@' + record.text(offset + 1, length - 1);
            }
            return record.text(offset, length);
        }
        return ipAddress(record.bytes(offset, length));
    }

    /** Numeric, from 4 or 16 bytes. @throws IndexOutOfBoundsException for any other number */
    static String ipAddress(byte[] bytes) {
        try {
            InetAddress address = InetAddress.getByAddress(bytes);
            // An IPv4 address mapped into IPv6 is IPv4 to Java: give it the form that IPv6 has for it.
            return bytes.length == 16 && address instanceof Inet4Address
                    ? "::ffff:" + address.getHostAddress()
                    : address.getHostAddress();
        } catch (UnknownHostException e) {
            throw new IndexOutOfBoundsException("address of " + bytes.length + " bytes");
        }
    }
}
