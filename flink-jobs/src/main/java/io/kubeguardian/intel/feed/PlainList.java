package io.kubeguardian.intel.feed;

import io.kubeguardian.config.FeedKind;
import io.kubeguardian.intel.Indicator;
import io.kubeguardian.intel.IndicatorText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * One indicator a line. Comments begin with #, ; or //; what stands behind the indicator (a count, a comment) is not
 * read. Lines of a hosts file (0.0.0.0 and a name) count for the name.
 */
final class PlainList {
    /** Longest line that is looked at, bytes. */
    static final int LONGEST_LINE = 4096;

    private static final Pattern BETWEEN = Pattern.compile("[\\s,;|]+");
    private static final Pattern HOSTS = Pattern.compile("0\\.0\\.0\\.0|127\\.0\\.0\\.1|::1?");

    private PlainList() {}

    static void read(InputStream input, FeedContents contents) throws FeedException, IOException {
        InputStream bytes = new BufferedInputStream(input, 1 << 16);
        byte[] line = new byte[LONGEST_LINE];
        int length = 0;
        boolean tooLong = false;
        long number = 1;
        for (int b = bytes.read(); ; b = bytes.read()) {
            if (b == '\n' || b < 0) {
                if (tooLong) {
                    contents.leaveOut("line " + number, "longer than " + LONGEST_LINE + " bytes");
                } else {
                    line(new String(line, 0, length, StandardCharsets.UTF_8), number, contents);
                }
                if (b < 0) {
                    return;
                }
                number++;
                length = 0;
                tooLong = false;
            } else if (length == LONGEST_LINE) {
                tooLong = true;
            } else {
                line[length++] = (byte) b;
            }
        }
    }

    private static void line(String line, long number, FeedContents contents) throws FeedException {
        String text = (number == 1 && line.startsWith("\ufeff") ? line.substring(1) : line).strip();
        if (text.isEmpty() || text.startsWith("#") || text.startsWith(";") || text.startsWith("//")) {
            return;
        }
        String[] parts = contents.settings().kind() == FeedKind.PATH || contents.settings().kind() == FeedKind.NAME
                ? new String[] {text} : BETWEEN.split(text, 3);
        String value = parts.length > 1 && HOSTS.matcher(parts[0]).matches() && !parts[1].startsWith("#") ? parts[1] : parts[0];
        add(value, "line " + number, UnaryOperator.identity(), contents);
    }

    /** @param facts adds to an indicator what is known of it */
    static void add(String value, String where, UnaryOperator<Indicator> facts, FeedContents contents)
            throws FeedException {
        Indicator indicator;
        try {
            indicator = of(value, contents.settings().kind());
        } catch (IllegalArgumentException e) {
            contents.leaveOut(where, "'" + FeedContents.shown(value) + "' is " + e.getMessage());
            return;
        }
        contents.add(facts.apply(indicator), where);
    }

    private static Indicator of(String value, FeedKind kind) {
        return switch (kind) {
            case AUTO -> IndicatorText.any(value);
            case IP -> value.indexOf('/') < 0 ? IndicatorText.address(value) : IndicatorText.network(value);
            case DOMAIN -> IndicatorText.domain(value);
            case HASH -> hash(value);
            case PATH -> IndicatorText.path(value);
            case NAME -> IndicatorText.name(value);
        };
    }

    static Indicator hash(String value) {
        Indicator hash = IndicatorText.hash(value.strip());
        if (hash == null) {
            throw new IllegalArgumentException("no MD5, SHA-1 or SHA-256");
        }
        return hash;
    }
}
