package io.kubeguardian.collector.secret;

import java.util.Arrays;
import java.util.List;

/**
 * Tokens that are known by their form, as those who issue them document it: so that scanners find them.
 *
 * @param prefix how it starts
 * @param signs what may follow, beside letters and digits
 * @param least how many of those at least
 * @param exact no more than that
 */
record TokenShapes(String prefix, String signs, int least, boolean exact) {
    private static final int SEGMENT = 10;
    /** By first character, so that an ordinary word costs one look. */
    private static final TokenShapes[][] BY_FIRST = new TokenShapes[128][0];

    static {
        add("AKIA", "", 16, true); // AWS access keys: lasting, temporary
        add("ASIA", "", 16, true);
        for (String kind : List.of("ghp_", "gho_", "ghu_", "ghs_", "ghr_")) {
            add(kind, "", 36, false);
        }
        add("github_pat_", "_", 22, false);
        add("glpat-", "_-", 20, false);
        for (String kind : List.of("xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-")) {
            add(kind, "-", 10, false); // Slack
        }
        for (String kind : List.of("sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_")) {
            add(kind, "", 16, false); // Stripe
        }
        add("sk-", "_-", 40, false); // OpenAI, Anthropic
        add("AIza", "_-", 35, true); // Google: API key, access token
        add("ya29.", "_-", 20, false);
        add("npm_", "", 36, false);
        add("pypi-", "_-", 50, false);
        add("hvs.", "_-", 20, false); // HashiCorp Vault
        add("hvb.", "_-", 20, false);
        add("SG.", "_-.", 40, false); // SendGrid
        add("dop_v1_", "", 60, false); // DigitalOcean
        add("AGE-SECRET-KEY-1", "", 50, false);
    }

    private static void add(String prefix, String signs, int least, boolean exact) {
        TokenShapes[] all = Arrays.copyOf(BY_FIRST[prefix.charAt(0)], BY_FIRST[prefix.charAt(0)].length + 1);
        all[all.length - 1] = new TokenShapes(prefix, signs, least, exact);
        BY_FIRST[prefix.charAt(0)] = all;
    }

    /** Where the token that starts here ends; -1 when none does. @param to end of the word that it would be in */
    static int end(String text, int from, int to) {
        char first = text.charAt(from);
        if (first == 'e' && text.startsWith("eyJ", from)) {
            return jwt(text, from, to);
        }
        for (TokenShapes shape : BY_FIRST[first]) { // a word is ASCII
            if (text.startsWith(shape.prefix, from)) {
                int end = span(text, from + shape.prefix.length(), to, shape.signs);
                int length = end - from - shape.prefix.length();
                if (length >= shape.least && !(shape.exact && length > shape.least)) {
                    return end;
                }
            }
        }
        return -1;
    }

    /** RFC 7519: base64url of a JSON object (so it starts with eyJ), a dot, another, and usually a third. */
    private static int jwt(String text, int from, int to) {
        int header = span(text, from, to, "_-");
        if (header - from < SEGMENT || header == to || text.charAt(header) != '.') {
            return -1;
        }
        int claims = span(text, header + 1, to, "_-");
        return claims - header - 1 < SEGMENT ? -1 : span(text, claims, to, "_-.");
    }

    private static int span(String text, int from, int to, String signs) {
        int end = from;
        while (end < to && (isAlphanumeric(text.charAt(end)) || signs.indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        return end;
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
