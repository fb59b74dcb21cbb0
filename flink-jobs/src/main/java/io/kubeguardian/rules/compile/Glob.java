package io.kubeguardian.rules.compile;

import java.util.Locale;

/**
 * Shell wildcards as fnmatch(3) without flags reads them: {@code *} (also across slashes), {@code ?}, {@code [a-z]},
 * {@code [!a-z]}, and a backslash before a plain character. Time is at most pattern length times string length.
 */
final class Glob implements StringTest {
    private final String pattern;
    private final boolean ignoreCase;

    /** @throws IllegalArgumentException for ksh's extended patterns, which Falco's C library would read otherwise */
    Glob(String pattern, boolean ignoreCase) {
        for (int i = 0; i + 1 < pattern.length(); i++) {
            if (pattern.charAt(i + 1) == '(' && "?*+@!".indexOf(pattern.charAt(i)) >= 0) {
                throw new IllegalArgumentException("extended pattern '" + pattern.substring(i, i + 2)
                        + "' is not supported; use regex");
            }
        }
        this.pattern = ignoreCase ? pattern.toLowerCase(Locale.ROOT) : pattern;
        this.ignoreCase = ignoreCase;
    }

    static boolean isPlain(String pattern) {
        for (int i = 0; i < pattern.length(); i++) {
            if ("*?[\\".indexOf(pattern.charAt(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int cost() {
        return 10;
    }

    @Override
    public boolean test(String value) {
        int p = 0;
        int v = 0;
        int starPattern = -1;
        int starValue = 0;
        while (v < value.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                starPattern = ++p;
                starValue = v;
                continue;
            }
            int next = p < pattern.length() ? matchOne(p, fold(value.charAt(v))) : -1;
            if (next >= 0) {
                p = next;
                v++;
            } else if (starPattern >= 0) {
                p = starPattern;
                v = ++starValue;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private char fold(char c) {
        return ignoreCase ? Character.toLowerCase(c) : c;
    }

    /** Index after the pattern's element at p when it matches c, else -1. */
    private int matchOne(int p, char c) {
        char element = pattern.charAt(p);
        if (element == '?') {
            return p + 1;
        }
        if (element == '[') {
            int end = classEnd(p);
            if (end > 0) {
                return inClass(p + 1, end, c) ? end + 1 : -1;
            }
        }
        if (element == '\\' && p + 1 < pattern.length()) {
            return pattern.charAt(p + 1) == c ? p + 2 : -1;
        }
        return element == c ? p + 1 : -1;
    }

    /** Index of the bracket that closes the class opened at p; -1 when none does, and '[' is a plain character. */
    private int classEnd(int p) {
        int first = p + 1;
        if (first < pattern.length() && (pattern.charAt(first) == '!' || pattern.charAt(first) == '^')) {
            first++;
        }
        return pattern.indexOf(']', first + 1);
    }

    private boolean inClass(int from, int end, char c) {
        boolean negated = pattern.charAt(from) == '!' || pattern.charAt(from) == '^';
        boolean found = false;
        for (int i = negated ? from + 1 : from; i < end; i++) {
            char low = pattern.charAt(i);
            if (i + 2 < end && pattern.charAt(i + 1) == '-') {
                found |= low <= c && c <= pattern.charAt(i + 2);
                i += 2;
            } else {
                found |= low == c;
            }
        }
        return found != negated;
    }
}
