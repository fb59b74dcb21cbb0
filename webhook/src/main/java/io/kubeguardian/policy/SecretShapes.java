package io.kubeguardian.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Recognises secrets by the shapes that issuers give their tokens, by the name that they stand under, and by entropy. Linear
 * in the text's length, without regular expressions. What is returned describes a secret and never holds any of it.
 */
final class SecretShapes {
    /** Longer texts are looked at in their first part only. */
    private static final int MOST = 256 * 1024;
    private static final int SHORTEST_RANDOM = 20;
    /** Bits a character, of texts of 20 characters and more: random base64 has over 4, words and identifiers under. */
    private static final double RANDOM_BITS = 4.0;
    private static final double RANDOM_HEX_BITS = 3.0;

    /**
     * @param prefix how such tokens begin
     * @param least characters of the token that follow the prefix
     * @param what for messages
     */
    private record Token(String prefix, int least, String what) {}

    private static final List<Token> TOKENS = List.of(
            new Token("AKIA", 16, "an AWS access key"), new Token("ASIA", 16, "an AWS access key"),
            new Token("ghp_", 36, "a GitHub token"), new Token("gho_", 36, "a GitHub token"),
            new Token("ghs_", 36, "a GitHub token"), new Token("ghu_", 36, "a GitHub token"),
            new Token("github_pat_", 22, "a GitHub token"), new Token("glpat-", 20, "a GitLab token"),
            new Token("xoxb-", 10, "a Slack token"), new Token("xoxp-", 10, "a Slack token"),
            new Token("xoxa-", 10, "a Slack token"), new Token("xoxr-", 10, "a Slack token"),
            new Token("sk_live_", 16, "a Stripe key"), new Token("rk_live_", 16, "a Stripe key"),
            new Token("AIza", 35, "a Google API key"), new Token("ya29.", 20, "a Google OAuth token"),
            new Token("npm_", 36, "an npm token"), new Token("pypi-", 40, "a PyPI token"),
            new Token("dckr_pat_", 20, "a Docker Hub token"), new Token("SG.", 40, "a SendGrid key"),
            new Token("hvs.", 20, "a Vault token"), new Token("dop_v1_", 40, "a DigitalOcean token"),
            new Token("sk-ant-", 20, "an Anthropic key"), new Token("sk-proj-", 20, "an OpenAI key"),
            new Token("hf_", 30, "a Hugging Face token"), new Token("eyJ", 30, "a JSON web token"));

    /** The tokens by their prefix's first character. */
    private static final Token[][] BY_FIRST = new Token[128][];

    static {
        for (Token token : TOKENS) {
            int first = token.prefix.charAt(0);
            Token[] before = BY_FIRST[first] == null ? new Token[0] : BY_FIRST[first];
            BY_FIRST[first] = Arrays.copyOf(before, before.length + 1);
            BY_FIRST[first][before.length] = token;
        }
    }

    private static final List<String> NAMES = List.of("password", "passwd", "passphrase", "secret", "token", "apikey",
            "accesskey", "privatekey", "credential", "authkey", "encryptionkey", "signingkey", "secretkey", "connectionstring");
    /** Names with one of the above that are about secrets and hold none. */
    private static final List<String> NOT_SECRET = List.of("name", "path", "file", "dir", "url", "uri", "ttl", "expiry",
            "expiration", "timeout", "length", "type", "enabled", "disabled", "ref", "mount", "header", "endpoint", "policy",
            "rotation", "interval", "algorithm", "version", "provider", "audience", "issuer", "count", "limit", "size", "id");
    private static final List<String> PLACEHOLDERS = List.of("placeholder", "todo", "xxx", "your", "none", "null", "true",
            "false", "redacted", "undefined", "<");

    private SecretShapes() {}

    /** Of a value under a name; empty when it is no secret. */
    static String ofValue(String name, String value) {
        if (value.isEmpty()) {
            return "";
        }
        String known = known(value);
        if (!known.isEmpty()) {
            return known;
        }
        if (isSecretName(name)) {
            return isValue(value) ? "a value under a secret's name" : "";
        }
        return isRandom(value) ? "a text as random as a key" : "";
    }

    /** Of a word of a command line, by the word before it. */
    static String ofArgument(String before, String word) {
        String known = known(word);
        if (!known.isEmpty()) {
            return known;
        }
        int equals = word.indexOf('=');
        if (word.startsWith("-") && equals > 0) {
            return isSecretName(word.substring(0, equals)) && isValue(word.substring(equals + 1))
                    ? "a value behind a secret's option" : "";
        }
        boolean option = before.startsWith("--") && before.indexOf('=') < 0;
        return option && !word.startsWith("-") && isSecretName(before) && isValue(word)
                ? "a value behind a secret's option" : isRandom(word) ? "a text as random as a key" : "";
    }

    /** Of a whole file's text, under its name: known shapes, and assignments to a secret's name. */
    static String ofText(String name, String text) {
        String bounded = text.length() > MOST ? text.substring(0, MOST) : text;
        if (bounded.indexOf('\n') < 0) {
            return ofValue(name, bounded.strip());
        }
        String known = known(bounded);
        if (!known.isEmpty()) {
            return known;
        }
        int from = 0;
        while (from < bounded.length()) {
            int feed = bounded.indexOf('\n', from);
            int to = feed < 0 ? bounded.length() : feed;
            if (isAssignment(bounded, from, to)) {
                return "an assignment to a secret's name";
            }
            from = to + 1;
        }
        return "";
    }

    /** {@code db.password = x}, {@code token: x}, {@code "apiKey": "x"}. */
    private static boolean isAssignment(String text, int from, int to) {
        int at = -1;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '=' || c == ':') {
                at = i;
                break;
            }
            if (c == '#' || c == ';' || i - from > 80) {
                return false;
            }
        }
        if (at < 0) {
            return false;
        }
        String name = unquoted(text.substring(from, at));
        return !name.isEmpty() && isSecretName(name) && isValue(unquoted(text.substring(at + 1, to)));
    }

    private static String unquoted(String text) {
        String bare = text.strip();
        while (bare.endsWith(",") || bare.endsWith(";")) {
            bare = bare.substring(0, bare.length() - 1).strip();
        }
        boolean quoted = bare.length() > 1 && (bare.charAt(0) == '"' || bare.charAt(0) == '\'')
                && bare.charAt(bare.length() - 1) == bare.charAt(0);
        return quoted ? bare.substring(1, bare.length() - 1) : bare;
    }

    private static String known(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 128 && BY_FIRST[c] != null && (i == 0 || !isTokenCharacter(text.charAt(i - 1)))) {
                for (Token token : BY_FIRST[c]) {
                    if (text.startsWith(token.prefix, i) && isToken(text, i, token)) {
                        return token.what;
                    }
                }
            }
        }
        int begin = text.indexOf("-----BEGIN ");
        if (begin >= 0 && text.indexOf("PRIVATE KEY-----", begin) >= 0) {
            return "a private key";
        }
        return hasPassword(text) ? "a URL with a password" : "";
    }

    private static boolean isToken(String text, int at, Token token) {
        int behind = at + token.prefix.length();
        return run(text, behind) >= token.least
                && text.substring(behind, behind + token.least).chars().distinct().count() > 3
                && (!token.prefix.equals("eyJ") || text.indexOf('.', at) > 0);
    }

    private static int run(String text, int from) {
        int i = from;
        while (i < text.length() && isTokenCharacter(text.charAt(i))) {
            i++;
        }
        return i - from;
    }

    private static boolean isTokenCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.';
    }

    /** {@code scheme://user:password@host}, unless the password is a reference. */
    private static boolean hasPassword(String text) {
        for (int i = text.indexOf("://"); i >= 0; i = text.indexOf("://", i + 3)) {
            int colon = -1;
            for (int k = i + 3; k < text.length() && k < i + 400; k++) {
                char c = text.charAt(k);
                if (c == ':' && colon < 0) {
                    colon = k;
                } else if (c == '@') {
                    if (colon > 0 && isValue(text.substring(colon + 1, k))) {
                        return true;
                    }
                    break;
                } else if (c == '/' || c <= ' ' || c == '?' || c == '"' || c == '\'') {
                    break;
                }
            }
        }
        return false;
    }

    static boolean isSecretName(String name) {
        StringBuilder flat = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '_' && c != '-' && c != '.' && c != ' ') {
                flat.append(Character.toLowerCase(c));
            }
        }
        String bare = flat.toString();
        for (String secret : NAMES) {
            if (bare.contains(secret)) {
                return NOT_SECRET.stream().noneMatch(bare::endsWith);
            }
        }
        return bare.endsWith("pass") || bare.endsWith("pwd");
    }

    /** Whether a text can be a secret at all: neither a reference nor a placeholder, a path, a number or a flag. */
    private static boolean isValue(String value) {
        String bare = value.strip();
        if (bare.length() < 3 || bare.startsWith("$") || bare.startsWith("{{") || bare.startsWith("/") || bare.startsWith("./")
                || bare.startsWith("*") || bare.startsWith("vault:") || bare.startsWith("ref+") || bare.contains("${")
                || bare.contains("$(")) {
            return false;
        }
        return !isPlaceholder(bare) && !bare.chars().allMatch(c -> c >= '0' && c <= '9' && bare.length() < 4);
    }

    private static boolean isPlaceholder(String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        return PLACEHOLDERS.stream().anyMatch(one -> one.length() < 5 ? lower.startsWith(one) : lower.contains(one));
    }

    /** One word of letters and digits mixed, with the entropy of a key; no UUID and no digest, which name things. */
    private static boolean isRandom(String value) {
        if (value.length() < SHORTEST_RANDOM || value.length() > 512) {
            return false;
        }
        boolean hex = true;
        boolean upper = false;
        boolean lower = false;
        boolean digit = false;
        int dashes = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean isDigit = c >= '0' && c <= '9';
            digit |= isDigit;
            lower |= c >= 'a' && c <= 'z';
            upper |= c >= 'A' && c <= 'Z';
            hex &= isDigit || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
            if (c == '-' || c == '_') {
                dashes++;
            } else if (!isDigit && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '+' && c != '='
                    && !(c == '/' && i > 0)) {
                return false;
            }
        }
        if (!digit || hex && (value.length() == 40 || value.length() == 64) || dashes > value.length() / 10) {
            return false; // a commit or a digest names something that is public
        }
        double bits = entropy(value);
        return hex ? value.length() >= 32 && bits >= RANDOM_HEX_BITS : lower && upper && bits >= RANDOM_BITS;
    }

    /** Shannon's, in bits a character. */
    static double entropy(String text) {
        int[] counts = new int[128];
        for (int i = 0; i < text.length(); i++) {
            counts[text.charAt(i) & 127]++;
        }
        double bits = 0;
        for (int count : counts) {
            if (count > 0) {
                double share = (double) count / text.length();
                bits -= share * Math.log(share);
            }
        }
        return bits / Math.log(2);
    }
}
