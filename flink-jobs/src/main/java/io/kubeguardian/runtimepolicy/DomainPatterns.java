package io.kubeguardian.runtimepolicy;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Names, each with a value; {@code *.example.com} stands for all names below that one. */
final class DomainPatterns<T> {
    private static final String BELOW = "*.";

    private final Map<String, T> exact = new HashMap<>();
    private final Map<String, T> below = new HashMap<>();

    /** The value of a name or pattern; the first time that it is named, a new one. */
    T put(String name, Supplier<T> value) {
        return name.startsWith(BELOW) ? below.computeIfAbsent(name.substring(BELOW.length()), key -> value.get())
                : exact.computeIfAbsent(name, key -> value.get());
    }

    /** Whether the value of the name, or of a pattern that it falls under, is as wanted. */
    boolean any(String name, Predicate<T> wanted) {
        T found = exact.get(name);
        if (found != null && wanted.test(found)) {
            return true;
        }
        for (int dot = name.indexOf('.'); dot >= 0 && !below.isEmpty(); dot = name.indexOf('.', dot + 1)) {
            found = below.get(name.substring(dot + 1));
            if (found != null && wanted.test(found)) {
                return true;
            }
        }
        return false;
    }
}
