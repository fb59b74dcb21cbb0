package io.kubeguardian.policy.user;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names, some with {@code *} (anything) and {@code ?} (one character). */
final class Globs {
    private final Pattern pattern;
    private final boolean empty;

    Globs(List<String> globs) {
        empty = globs.isEmpty();
        pattern = Pattern.compile(globs.stream().map(Globs::regex).collect(Collectors.joining("|")));
    }

    private static String regex(String glob) {
        // Possessive, so that many stars cannot make it slow; a name is short.
        return glob.codePoints().mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining());
    }

    boolean isEmpty() {
        return empty;
    }

    boolean match(String name) {
        return !empty && pattern.matcher(name).matches();
    }

    boolean matchAny(List<String> names) {
        return names.stream().anyMatch(this::match);
    }
}
