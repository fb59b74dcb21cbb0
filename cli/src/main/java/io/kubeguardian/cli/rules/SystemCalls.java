package io.kubeguardian.cli.rules;

import java.util.Map;
import java.util.regex.Pattern;

/** Arguments and results of system calls as tests write them; numbers are those of Linux on x86-64. */
final class SystemCalls {
    /** The other end of a connection. */
    record Peer(String ip, int port) {
        boolean isV6() {
            return ip.contains(":");
        }
    }

    /** include/uapi/asm-generic/fcntl.h. */
    private static final Map<String, Integer> OPEN_FLAGS = Map.ofEntries(
            Map.entry("O_RDONLY", 0), Map.entry("O_WRONLY", 1), Map.entry("O_RDWR", 2), Map.entry("O_CREAT", 0100),
            Map.entry("O_EXCL", 0200), Map.entry("O_TRUNC", 01000), Map.entry("O_APPEND", 02000),
            Map.entry("O_NONBLOCK", 04000), Map.entry("O_DIRECT", 040000), Map.entry("O_DIRECTORY", 0200000),
            Map.entry("O_CLOEXEC", 02000000), Map.entry("O_TMPFILE", 020200000));

    /** include/uapi/asm-generic/errno.h: those that these calls usually end with. */
    private static final Map<String, Integer> ERRORS = Map.ofEntries(
            Map.entry("EPERM", 1), Map.entry("ENOENT", 2), Map.entry("EACCES", 13), Map.entry("EEXIST", 17),
            Map.entry("ENOTDIR", 20), Map.entry("EISDIR", 21), Map.entry("EROFS", 30), Map.entry("ENETUNREACH", 101),
            Map.entry("ETIMEDOUT", 110), Map.entry("ECONNREFUSED", 111), Map.entry("EHOSTUNREACH", 113),
            Map.entry("EINPROGRESS", 115));

    private static final int MAX_ERRNO = 4095;
    private static final String BYTE = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern V4 = Pattern.compile("(" + BYTE + "(\\." + BYTE + "){3}):(\\d{1,5})");
    private static final Pattern V6 = Pattern.compile("\\[([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)]:(\\d{1,5})");

    private SystemCalls() {}

    /** A list of names, or O_CREAT|O_WRONLY. */
    static int openFlags(YamlValue value) {
        int flags = 0;
        for (YamlValue entry : value.oneOrMore()) {
            for (String name : entry.text().split("\\|")) {
                Integer bits = OPEN_FLAGS.get(name.strip());
                if (bits == null) {
                    throw entry.error("unknown flag " + name.strip() + "; expected "
                            + String.join(", ", OPEN_FLAGS.keySet().stream().sorted().toList()));
                }
                flags |= bits;
            }
        }
        return flags;
    }

    /** The name of an error, or the number that the call returns. */
    static int result(YamlValue value) {
        Integer error = ERRORS.get(value.text());
        if (error != null) {
            return -error;
        }
        if (!value.text().matches("-?\\d+")) {
            throw value.error("unknown result " + value.text() + "; expected a number or one of "
                    + String.join(", ", ERRORS.keySet().stream().sorted().toList()));
        }
        return value.number(-MAX_ERRNO, Integer.MAX_VALUE);
    }

    static int octal(YamlValue value) {
        if (!value.text().matches("0?o?[0-7]{1,4}")) {
            throw value.error("'" + value.text() + "' is no file mode; expected octal digits such as 0755");
        }
        return Integer.parseInt(value.text().replace("o", ""), 8);
    }

    /** {@code 10.0.0.5:443} or {@code [2001:db8::1]:443}. */
    static Peer peer(YamlValue value) {
        var v4 = V4.matcher(value.text());
        var v6 = V6.matcher(value.text());
        Peer peer = v4.matches()
                ? new Peer(v4.group(1), Integer.parseInt(v4.group(v4.groupCount())))
                : v6.matches() ? new Peer(v6.group(1), Integer.parseInt(v6.group(2))) : null;
        if (peer == null || peer.port() > 65_535) {
            throw value.error("'" + value.text()
                    + "' is no peer; expected 10.0.0.5:443, [2001:db8::1]:443 or the path of a socket");
        }
        return peer;
    }
}
