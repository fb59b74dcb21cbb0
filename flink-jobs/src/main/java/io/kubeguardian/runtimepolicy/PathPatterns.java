package io.kubeguardian.runtimepolicy;

import io.kubeguardian.baseline.observe.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Paths and patterns of paths, each with a value: {@code /a/b} itself, {@code /a/*} everything right below it, {@code /a/**}
 * everything below it. What is looked up is the shape of a path, so what is put in is known by its shape, too.
 */
final class PathPatterns<T> {
    private static final String RIGHT_BELOW = "/*";
    private static final String BELOW = "/**";

    private final Map<String, T> exact = new HashMap<>();
    /** By the directory, without the slash at its end. */
    private final Map<String, T> rightBelow = new HashMap<>();
    private final Map<String, T> below = new HashMap<>();
    private final Shape shape = new Shape();

    /** The value of a path or pattern; the first time that it is named, a new one. */
    T put(String written, Supplier<T> value) {
        if (written.endsWith(BELOW)) {
            return below.computeIfAbsent(shape(written, BELOW), key -> value.get());
        }
        if (written.endsWith(RIGHT_BELOW)) {
            return rightBelow.computeIfAbsent(shape(written, RIGHT_BELOW), key -> value.get());
        }
        String path = shape.path(written).toString();
        return path.endsWith(BELOW) // deeper than shapes go
                ? below.computeIfAbsent(directory(path, BELOW), key -> value.get())
                : exact.computeIfAbsent(path, key -> value.get());
    }

    private String shape(String written, String end) {
        String path = shape.path(directory(written, end)).toString();
        return path.endsWith(BELOW) ? directory(path, BELOW) : path;
    }

    private static String directory(String pattern, String end) {
        return pattern.substring(0, pattern.length() - end.length());
    }

    /** Of the narrowest that the path falls under; null: there is none. @param path as {@link Shape#path} makes it */
    T find(String path) {
        T found = exact.get(path);
        if (found != null || rightBelow.isEmpty() && below.isEmpty()) {
            return found;
        }
        int slash = path.lastIndexOf('/');
        if (slash < 0) {
            return null;
        }
        boolean isTree = path.endsWith(BELOW);
        found = isTree ? null : rightBelow.get(path.substring(0, slash));
        for (; found == null && slash >= 0; slash = path.lastIndexOf('/', slash - 1)) {
            found = below.get(path.substring(0, slash));
            if (slash == 0) {
                break;
            }
        }
        return found;
    }
}
