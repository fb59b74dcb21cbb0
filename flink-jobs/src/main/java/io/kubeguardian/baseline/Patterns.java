package io.kubeguardian.baseline;

import java.util.ArrayList;
import java.util.List;

/**
 * Patterns that can stand for many items of a kind: a directory for its files, a tree for its directories, a network for
 * its addresses, a domain for its names.
 */
final class Patterns {
    private static final String[] SHALLOW = {"/tmp/", "/proc/", "/sys/", "/dev/", "/run/"};
    /** Never hidden behind a pattern: what is read or changed here matters one by one. */
    private static final String[] SENSITIVE = {"/etc/", "/root/", "/home/", "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/",
        "/boot/", "/var/run/secrets/", "/run/secrets/"};

    private Patterns() {}

    /** The next wider pattern; null: there is none. */
    static String wider(ItemKind kind, String item) {
        return switch (kind) {
            case FILE -> file(item);
            case CONNECT -> network(item);
            case DNS -> domain(item);
            default -> null;
        };
    }

    /** All patterns that the item falls under, the narrowest first. */
    static List<String> all(ItemKind kind, String item) {
        List<String> all = new ArrayList<>(4);
        for (String p = wider(kind, item); p != null; p = wider(kind, p)) {
            all.add(p);
        }
        return all;
    }

    /** read /a/b/c → read /a/b/* → read /a/** */
    private static String file(String item) {
        int path = item.indexOf(' ') + 1;
        String end = item.endsWith("/**") ? "/**" : item.endsWith("/*") ? "/*" : "";
        String inner = item.substring(path, item.length() - end.length());
        int slash = inner.lastIndexOf('/');
        if (slash <= 0) {
            return null;
        }
        String folder = inner.substring(0, slash);
        for (String sensitive : SENSITIVE) {
            if ((folder + '/').startsWith(sensitive)) {
                return null;
            }
        }
        int depth = (int) folder.chars().filter(c -> c == '/').count();
        boolean enough = depth >= 2;
        if (end.isEmpty()) {
            for (String shallow : SHALLOW) {
                enough |= (folder + '/').equals(shallow);
            }
        }
        return enough ? item.substring(0, path) + folder + (end.isEmpty() ? "/*" : "/**") : null;
    }

    /** 10.0.7.5:5432 → 10.0.7.0/24:5432. Names and IPv6 addresses stay as they are. */
    private static String network(String item) {
        int colon = item.indexOf(':');
        if (colon <= 0 || item.charAt(0) == '[') {
            return null;
        }
        int dots = 0;
        int lastDot = 0;
        for (int i = 0; i < colon; i++) {
            char c = item.charAt(i);
            if (c == '.') {
                dots++;
                lastDot = i;
            } else if (c < '0' || c > '9') {
                return null;
            }
        }
        return dots == 3 ? item.substring(0, lastDot) + ".0/24" + item.substring(colon) : null;
    }

    /** a.b.example.com → *.b.example.com, never wider than below two labels. */
    private static String domain(String item) {
        if (item.startsWith("*.")) {
            return null;
        }
        int dot = item.indexOf('.');
        return dot > 0 && item.indexOf('.', dot + 1) > 0 ? '*' + item.substring(dot) : null;
    }
}
