package io.kubeguardian.rules.compile;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.kubeguardian.rules.syntax.Operator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** The operators on strings, each compiled with its literals. */
public final class StringTests {
    /** Largest regular expression with its repetitions written out, in states. */
    private static final int MAX_REGEX = 20_000;

    private StringTests() {}

    /** @throws IllegalArgumentException when a literal does not suit the operator, with a message for its author */
    public static StringTest of(Operator operator, List<String> values) {
        if (operator == Operator.IN || operator == Operator.INTERSECTS) {
            return equalTo(values);
        }
        if (operator == Operator.PMATCH) {
            return new PathPrefixes(values);
        }
        String value = values.get(0);
        return switch (operator) {
            case EQ -> equalTo(values);
            case NE -> new NotEqual(value);
            case CONTAINS -> contains(value);
            case ICONTAINS -> icontains(value);
            case STARTSWITH -> new Prefixes(List.of(value));
            case ENDSWITH -> string -> string.endsWith(value);
            case GLOB -> new Glob(value, false);
            case IGLOB -> new Glob(value, true);
            case REGEX -> regex(value);
            case BCONTAINS -> new Bytes(value, false);
            case BSTARTSWITH -> new Bytes(value, true);
            case LT -> string -> string.compareTo(value) < 0;
            case LE -> string -> string.compareTo(value) <= 0;
            case GT -> string -> string.compareTo(value) > 0;
            case GE -> string -> string.compareTo(value) >= 0;
            default -> throw new IllegalStateException("no string test for " + operator);
        };
    }

    /** The operators between two strings of the event itself. */
    public static boolean compare(Operator operator, String left, String right) {
        return switch (operator) {
            case EQ, IN, INTERSECTS -> left.equals(right);
            case NE -> !left.equals(right);
            case CONTAINS -> left.contains(right);
            case STARTSWITH -> left.startsWith(right);
            case ENDSWITH -> left.endsWith(right);
            case LT -> left.compareTo(right) < 0;
            case LE -> left.compareTo(right) <= 0;
            case GT -> left.compareTo(right) > 0;
            case GE -> left.compareTo(right) >= 0;
            case ICONTAINS -> icontains(right).test(left);
            case GLOB, IGLOB, PMATCH -> of(operator, List.of(right)).test(left);
            default -> throw new IllegalStateException("no comparison of fields with " + operator);
        };
    }

    private static StringTest equalTo(Collection<String> values) {
        return new OneOf(Set.copyOf(new HashSet<>(values)));
    }

    private static StringTest contains(String part) {
        return new StringTest() {
            @Override
            public boolean test(String value) {
                return value.contains(part);
            }

            @Override
            public int cost() {
                return 6;
            }
        };
    }

    private static StringTest icontains(String part) {
        return new StringTest() {
            @Override
            public boolean test(String value) {
                for (int i = 0; i <= value.length() - part.length(); i++) {
                    if (value.regionMatches(true, i, part, 0, part.length())) {
                        return true;
                    }
                }
                return false;
            }

            @Override
            public int cost() {
                return 20;
            }
        };
    }

    private static StringTest regex(String expression) {
        if (RegexSize.of(expression) > MAX_REGEX) {
            throw new IllegalArgumentException("regular expression with more than " + MAX_REGEX
                    + " states, its repetitions written out; make its counts smaller");
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("not a regular expression (RE2): " + e.getMessage(), e);
        }
        return new StringTest() {
            @Override
            public boolean test(String value) {
                // The whole string, as Falco does (RE2::FullMatch).
                return pattern.matcher(value).matches();
            }

            @Override
            public int cost() {
                return 200;
            }
        };
    }

    /** = and in. */
    private record OneOf(Set<String> values) implements StringTest {
        @Override
        public boolean test(String value) {
            return values.contains(value);
        }

        @Override
        public StringTest mergedWith(StringTest other) {
            if (!(other instanceof OneOf more)) {
                return null;
            }
            Set<String> all = new HashSet<>(values);
            all.addAll(more.values);
            return new OneOf(Set.copyOf(all));
        }
    }

    private record NotEqual(String unwanted) implements StringTest {
        @Override
        public boolean test(String value) {
            return !value.equals(unwanted);
        }
    }

    /** startswith, for any number of prefixes. */
    private static final class Prefixes implements StringTest {
        /** Ordered, and none a prefix of another: the only candidate is the greatest that is not above the value. */
        private final String[] prefixes;

        Prefixes(Collection<String> all) {
            List<String> kept = new ArrayList<>();
            for (String prefix : all.stream().sorted().toList()) {
                if (kept.isEmpty() || !prefix.startsWith(kept.get(kept.size() - 1))) {
                    kept.add(prefix);
                }
            }
            prefixes = kept.toArray(String[]::new);
        }

        @Override
        public boolean test(String value) {
            if (prefixes.length == 1) {
                return value.startsWith(prefixes[0]);
            }
            int at = Arrays.binarySearch(prefixes, value);
            return at >= 0 || (at < -1 && value.startsWith(prefixes[-at - 2]));
        }

        @Override
        public StringTest mergedWith(StringTest other) {
            if (!(other instanceof Prefixes more)) {
                return null;
            }
            List<String> all = new ArrayList<>(Arrays.asList(prefixes));
            all.addAll(Arrays.asList(more.prefixes));
            return new Prefixes(all);
        }
    }

    /** pmatch: the value is one of the paths or lies below it; a path may hold wildcards. */
    private static final class PathPrefixes implements StringTest {
        private final List<String> plain = new ArrayList<>();
        private final List<Glob> globs = new ArrayList<>();

        PathPrefixes(List<String> paths) {
            for (String path : paths) {
                String trimmed = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
                if (Glob.isPlain(trimmed)) {
                    plain.add(trimmed);
                } else {
                    globs.add(new Glob(trimmed, false));
                    globs.add(new Glob(trimmed + "/*", false));
                }
            }
        }

        @Override
        public boolean test(String value) {
            for (String path : plain) {
                if (value.startsWith(path)
                        && (value.length() == path.length() || value.charAt(path.length()) == '/' || path.equals("/"))) {
                    return true;
                }
            }
            for (Glob glob : globs) {
                if (glob.test(value)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public int cost() {
            return 2 + plain.size() + 10 * globs.size();
        }
    }

    /** bcontains and bstartswith: bytes given in hexadecimal digits, against the string as UTF-8. */
    private static final class Bytes implements StringTest {
        private final byte[] wanted;
        private final boolean onlyAtStart;

        Bytes(String digits, boolean onlyAtStart) {
            try {
                wanted = HexFormat.of().parseHex(digits);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + digits + "' is not an even number of hexadecimal digits", e);
            }
            this.onlyAtStart = onlyAtStart;
        }

        @Override
        public boolean test(String value) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            int last = onlyAtStart ? Math.min(0, bytes.length - wanted.length) : bytes.length - wanted.length;
            for (int i = 0; i <= last; i++) {
                if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public int cost() {
            return 40;
        }
    }
}
