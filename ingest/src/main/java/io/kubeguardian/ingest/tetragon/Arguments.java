package io.kubeguardian.ingest.tetragon;

import java.util.ArrayList;
import java.util.List;

/**
 * Tetragon writes a program's arguments (without argv[0]) as one text: joined with blanks, those that hold a blank in
 * double quotes, nothing escaped ({@code ArgsDecoder} in its pkg/process). That cannot always be undone: an argument
 * with both blanks and quotes may come apart, its text stays the same but for a quote.
 */
final class Arguments {
    private Arguments() {}

    static List<String> split(String text) {
        List<String> arguments = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == ' ') {
                at++;
                continue;
            }
            int end = text.charAt(at) == '"' ? closingQuote(text, at) : -1;
            if (end > 0) {
                arguments.add(text.substring(at + 1, end));
                at = end + 1;
            } else {
                end = text.indexOf(' ', at);
                end = end < 0 ? text.length() : end;
                arguments.add(text.substring(at, end));
                at = end;
            }
        }
        return arguments;
    }

    /** Of a quoted argument: a quote before a blank or the end, with a blank inside; -1 when it is none. */
    private static int closingQuote(String text, int open) {
        int blank = text.indexOf(' ', open);
        if (blank < 0) {
            return -1;
        }
        for (int quote = text.indexOf('"', blank); quote >= 0; quote = text.indexOf('"', quote + 1)) {
            if (quote + 1 == text.length() || text.charAt(quote + 1) == ' ') {
                return quote;
            }
        }
        return -1;
    }
}
