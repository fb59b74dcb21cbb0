package io.kubeguardian.collector.secret;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which names of options, variables, fields and headers stand for a secret. What counts is how a name ends:
 * {@code db-password} is one, {@code password-file} and {@code passwordPolicy} are none.
 */
final class SecretNames {
    /** What a name says about its value. */
    enum Kind {
        NONE,
        /** A secret, unless the value is that of a switch. */
        SECRET,
        /** A secret, or the path of the file that it is in. */
        SECRET_OR_FILE,
        /** A secret if it looks random. */
        PERHAPS,
        /** A scheme, then a secret. */
        AUTHORIZATION;

        /** Whether the start of a value is enough to say that it is no secret: a reference to one, a path. */
        boolean spares(String text, int from) {
            return startsWith(text, from, REFERENCES) || this == SECRET_OR_FILE && startsWith(text, from, PATHS);
        }

        /** The value as it may be shown. */
        String value(String value) {
            if (spares(value, 0) || isSwitch(value)) {
                return value;
            }
            return switch (this) {
                case NONE -> value;
                case SECRET -> SecretMask.MASK;
                case SECRET_OR_FILE -> isFile(value) ? value : SecretMask.MASK;
                case PERHAPS -> looksRandom(value, 0) ? SecretMask.MASK : value;
                case AUTHORIZATION -> value.substring(0, value.indexOf(' ') + 1) + SecretMask.MASK;
            };
        }
    }

    private static final int LONGEST = 96;
    private static final int RANDOM = 16;
    private static final int LOOK = 32;
    /** One of these is in every name that counts. */
    private static final List<String> STEMS = List.of("pass", "pw", "psw", "secret", "token", "key", "cred", "auth", "jwt");

    private static final Set<String> LAST_WORDS = Set.of("password", "passwd", "passphrase", "passcode", "pass", "pw",
            "pwd", "psw", "secret", "secrets", "token", "jwt", "credential", "credentials");
    private static final List<String> ENDS = List.of("password", "passwd", "passphrase", "passcode", "secret", "token",
            "apikey", "accesskey", "secretkey", "authkey", "accountkey", "masterkey", "sharedkey", "storagekey",
            "subscriptionkey");
    private static final List<String> KEY_ENDS = List.of("privatekey", "sshkey", "signingkey", "encryptionkey", "tlskey",
            "sslkey", "deploykey", "credential", "credentials");
    /** At the end of a name they change nothing. */
    private static final Set<String> QUALIFIERS = Set.of("value", "b64", "base64", "plain", "plaintext", "clear", "text",
            "string", "data", "old", "new", "current", "prod", "production", "dev", "staging", "test", "primary",
            "secondary", "default");
    /** At the start they make it a switch. */
    private static final Set<String> SWITCHES = Set.of("no", "show", "hide", "ask", "prompt", "enable", "disable", "skip",
            "require", "without", "allow", "has", "is");
    private static final Set<String> SWITCHED =
            Set.of("true", "false", "none", "null", "nil", "yes", "no", "on", "off", "stdin");
    private static final int LONGEST_SWITCH = 5;
    /** Kubernetes, the shell and docker build --secret say so where to find it. */
    private static final List<String> REFERENCES = List.of("${", "$(", "id=");
    private static final List<String> PATHS = List.of("/", "./", "../", "~", "@", "file:");
    private static final Set<String> FILES = Set.of(".pem", ".key", ".json", ".yaml", ".crt", ".p12", ".pub");
    private static final int LONGEST_FILE = 255;

    private SecretNames() {}

    /** The kind of the name in a stretch of text; dashes before it do not count. */
    static Kind of(String text, int from, int to) {
        int start = from;
        while (start < to && (text.charAt(start) == '-' || text.charAt(start) == '.')) {
            start++;
        }
        if (start == to || to - start > LONGEST || !hasStem(text, start, to)) {
            return Kind.NONE;
        }
        List<String> words = words(text, start, to);
        while (!words.isEmpty() && (words.getLast().isEmpty() || QUALIFIERS.contains(words.getLast()))) {
            words.removeLast();
        }
        if (words.isEmpty() || words.size() > 1 && SWITCHES.contains(words.getFirst())) {
            return Kind.NONE;
        }
        return of(words.getLast(), String.join("", words));
    }

    /** A quick look, which most names end with. */
    private static boolean hasStem(String text, int from, int to) {
        for (int at = from; at < to - 1; at++) {
            if ("pstkcajPSTKCAJ".indexOf(text.charAt(at)) >= 0) {
                for (String stem : STEMS) {
                    if (at + stem.length() <= to && text.regionMatches(true, at, stem, 0, stem.length())) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static Kind of(String last, String name) {
        if (name.equals("pwd") || name.equals("oldpwd") || name.endsWith("pullsecret")) {
            return Kind.NONE; // working directories; a secret's name
        }
        if (last.equals("authorization")) {
            return Kind.AUTHORIZATION;
        }
        if (endsWith(name, KEY_ENDS)) {
            return Kind.SECRET_OR_FILE;
        }
        if (LAST_WORDS.contains(last) || endsWith(name, ENDS)) {
            return Kind.SECRET;
        }
        return last.equals("key") || last.equals("auth") ? Kind.PERHAPS : Kind.NONE;
    }

    private static boolean endsWith(String name, List<String> ends) {
        for (String end : ends) {
            if (name.endsWith(end)) {
                return true;
            }
        }
        return false;
    }

    /** The words of a name in lower case: dbPassword1, DB_PASSWORD and db.password are the same two. */
    private static List<String> words(String text, int from, int to) {
        List<String> words = new ArrayList<>();
        int start = from;
        for (int i = from; i <= to; i++) {
            boolean gap = i == to || "-_.".indexOf(text.charAt(i)) >= 0;
            boolean hump = !gap && i > start && Character.isUpperCase(text.charAt(i))
                    && Character.isLowerCase(text.charAt(i - 1));
            if (gap || hump) {
                int end = i;
                while (end > start && Character.isDigit(text.charAt(end - 1))) {
                    end--;
                }
                words.add(text.substring(start, end).toLowerCase(Locale.ROOT));
                start = gap ? i + 1 : i;
            }
        }
        return words;
    }

    private static boolean startsWith(String text, int from, List<String> starts) {
        for (String start : starts) {
            if (text.startsWith(start, from)) {
                return true;
            }
        }
        return false;
    }

    /** Not a secret whatever its name: nothing, a single sign, a word for yes or no, what is masked already. */
    private static boolean isSwitch(String value) {
        return value.length() < 2 || value.equals(SecretMask.MASK)
                || value.length() <= LONGEST_SWITCH && SWITCHED.contains(value.toLowerCase(Locale.ROOT));
    }

    private static boolean isFile(String value) {
        int dot = value.length() > LONGEST_FILE ? -1 : value.lastIndexOf('.');
        return dot >= 0 && FILES.contains(value.substring(dot));
    }

    /** Starts with many letters and digits, and nothing that a word or a path has. */
    static boolean looksRandom(String text, int from) {
        boolean letter = false;
        boolean digit = false;
        int at = from;
        for (int end = Math.min(text.length(), from + LOOK); at < end; at++) {
            char c = text.charAt(at);
            if (c >= '0' && c <= '9') {
                digit = true;
            } else if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
                letter = true;
            } else if (at == from || "+/=_-".indexOf(c) < 0) {
                break;
            }
        }
        boolean ended = at == text.length() || at == from + LOOK || "\"'&;,)} \t\r\n".indexOf(text.charAt(at)) >= 0;
        return ended && at - from >= RANDOM && letter && digit;
    }
}
