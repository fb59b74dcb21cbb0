package io.kubeguardian.intel.feed;

import io.kubeguardian.intel.Indicator;
import io.kubeguardian.intel.IndicatorText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of STIX patterns (OASIS, STIX Version 2.1, section 9) that single values can answer: comparisons with =, IN and
 * ISSUBSET of addresses, names, hashes and file names, joined by OR. What needs two things at once (AND, FOLLOWEDBY), what
 * is negated or has a qualifier is refused: half of such a pattern would be another statement.
 */
final class StixPattern {
    /** Most values of one pattern. */
    private static final int MOST_VALUES = 10_000;

    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:(?<text>'(?:[^'\\\\]|\\\\.)*+')|(?<mark>[\\[\\](),]|=|!=|<=?|>=?)"
                    + "|(?<word>[A-Za-z0-9_.:-]+(?:\\.?'[^']{0,64}'(?:\\.[A-Za-z0-9_]+)*+)?(?:\\[[*0-9]+\\][A-Za-z0-9_.]*+)?))");

    private final List<String> tokens = new ArrayList<>();
    private final List<Indicator> values = new ArrayList<>();
    private int at;

    private StixPattern(String pattern) {
        String text = pattern.strip();
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (end < text.length()) {
            matcher.region(end, text.length());
            if (!matcher.lookingAt()) {
                throw new IllegalArgumentException("a pattern that is not readable at '"
                        + FeedContents.shown(text.substring(end)) + "'");
            }
            tokens.add(matcher.group().strip());
            end = matcher.end();
        }
    }

    /** @throws IllegalArgumentException with the reason when it is no pattern, or one that cannot be used */
    static List<Indicator> parse(String pattern) {
        StixPattern parser = new StixPattern(pattern);
        parser.observations();
        return parser.values;
    }

    private void observations() {
        do {
            expect("[");
            do {
                comparison();
            } while (accept("OR"));
            if (at < tokens.size() && tokens.get(at).equalsIgnoreCase("AND")) {
                throw new IllegalArgumentException("a pattern with AND, which one value cannot answer");
            }
            expect("]");
        } while (accept("OR"));
        if (at < tokens.size()) {
            throw new IllegalArgumentException("a pattern with " + FeedContents.shown(tokens.get(at))
                    + ", which one value cannot answer");
        }
    }

    private void comparison() {
        String path = next();
        String operator = next().toUpperCase(Locale.ROOT);
        switch (operator) {
            case "=", "ISSUBSET" -> value(path, text(next()));
            case "IN" -> {
                expect("(");
                do {
                    value(path, text(next()));
                } while (accept(","));
                expect(")");
            }
            default -> throw new IllegalArgumentException("a pattern with " + FeedContents.shown(operator)
                    + ", which is not supported");
        }
    }

    private void value(String path, String value) {
        String bare = path.replace("'", "").replace("-", "").toLowerCase(Locale.ROOT);
        values.add(switch (bare) {
            case "ipv4addr:value", "ipv6addr:value", "networktraffic:dst_ref.value", "networktraffic:src_ref.value" ->
                value.indexOf('/') < 0 ? IndicatorText.address(value) : IndicatorText.network(value);
            case "domainname:value" -> IndicatorText.domain(value);
            case "file:hashes.md5", "file:hashes.sha1", "file:hashes.sha256" -> PlainList.hash(value);
            case "file:name" -> value.startsWith("/") ? IndicatorText.path(value) : IndicatorText.name(value);
            default -> throw new IllegalArgumentException("a pattern about " + FeedContents.shown(path)
                    + ", which the sensors do not see");
        });
        if (values.size() > MOST_VALUES) {
            throw new IllegalArgumentException("a pattern of more than " + MOST_VALUES + " values");
        }
    }

    private static String text(String token) {
        if (token.length() < 2 || token.charAt(0) != '\'') {
            throw new IllegalArgumentException("a pattern with " + FeedContents.shown(token) + " where a text must be");
        }
        return token.substring(1, token.length() - 1).replace("\\'", "'").replace("\\\\", "\\");
    }

    private String next() {
        if (at >= tokens.size()) {
            throw new IllegalArgumentException("a pattern that ends too early");
        }
        return tokens.get(at++);
    }

    private boolean accept(String token) {
        if (at < tokens.size() && tokens.get(at).equalsIgnoreCase(token)) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(String token) {
        String found = next();
        if (!found.equals(token)) {
            throw new IllegalArgumentException("a pattern with " + FeedContents.shown(found) + " where " + token
                    + " must be");
        }
    }
}
