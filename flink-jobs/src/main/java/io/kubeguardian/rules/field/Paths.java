package io.kubeguardian.rules.field;

import java.util.ArrayDeque;

/** Paths without detours. */
final class Paths {
    private Paths() {}

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
}
