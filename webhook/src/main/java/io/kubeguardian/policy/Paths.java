package io.kubeguardian.policy;

import java.util.List;

/** How paths of fields are written: {@code spec.containers[0].env[1].value}, {@code metadata.annotations['a/b']}. */
public final class Paths {
    private Paths() {}

    public static String of(List<Object> way) {
        StringBuilder path = new StringBuilder();
        for (Object step : way) {
            if (step instanceof Integer place) {
                path.append('[').append(place).append(']');
            } else {
                append(path, (String) step);
            }
        }
        return path.toString();
    }

    /** A path, and one below it. */
    public static String join(String path, String below) {
        return path.isEmpty() ? below : path + '.' + below;
    }

    /** A field of any name below a path. */
    public static String field(String path, String name) {
        StringBuilder all = new StringBuilder(path);
        append(all, name);
        return all.toString();
    }

    private static void append(StringBuilder path, String name) {
        if (isPlain(name)) {
            path.append(path.isEmpty() ? "" : ".").append(name);
        } else {
            path.append("['").append(name.replace("'", "\\'")).append("']");
        }
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-')) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
