package io.kubeguardian.collector.secret;

import io.kubeguardian.collector.secret.SecretNames.Kind;
import java.util.List;

/**
 * One argument, looked through from left to right, word by word: a word is a run of letters, digits, '_', '-' and '.'.
 * Each rule looks at the word and at what follows it; what a rule has looked at is either masked and passed over, or
 * no longer than the next few words, so nothing is read over and over.
 */
final class SecretText {
    private static final boolean[] WORD = new boolean[128];

    static {
        for (char c = 0; c < WORD.length; c++) {
            WORD[c] = Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
        }
    }

    private static final int LONGEST_PEM_HEADER = 64;
    private static final int BEARER = 16;
    /** Addresses whose path is a secret. */
    private static final List<String> WEBHOOKS = List.of("hooks.slack.com/services/", "discord.com/api/webhooks/",
            "discordapp.com/api/webhooks/", "api.telegram.org/bot");

    /** How far a value goes that is in no quotes. */
    private enum Extent {
        WORD,
        LINE,
        /** To the end of the line, but a sentence is none. */
        LINE_OF_ONE_WORD,
        ALL
    }

    private final String text;
    private final boolean script;
    /** Several words can be a command. */
    private final boolean commands;
    private StringBuilder shown;
    private PasswordOptions program = PasswordOptions.NONE;
    private boolean assignment;
    private boolean header;
    private int copied;

    /** @param script whether the text is a program's source (sh -c): what starts with '$' stands for something else */
    SecretText(String text, boolean script) {
        this.text = text;
        this.script = script;
        this.commands = script || text.indexOf(' ') > 0;
    }

    /** If it starts with NAME= or --name=, all that follows is the value, whatever signs are in it. */
    SecretText assignment() {
        assignment = true;
        return this;
    }

    /** It is a header of HTTP: NAME:value. */
    SecretText header() {
        header = true;
        return this;
    }

    /** The text as it may be shown. */
    String mask() {
        int at = 0;
        while (at < text.length()) {
            if (isWord(text.charAt(at))) {
                int end = at + 1;
                while (end < text.length() && isWord(text.charAt(end))) {
                    end++;
                }
                at = Math.max(end, word(at, end));
            } else {
                if (";|&\n".indexOf(text.charAt(at)) >= 0) {
                    program = PasswordOptions.NONE; // another command
                }
                at++;
            }
        }
        return shown == null ? text : shown.append(text, copied, text.length()).toString();
    }

    /** Looks at one word. @return where to go on, if behind the word */
    private int word(int start, int end) {
        int token = TokenShapes.end(text, start, end);
        if (token > 0) {
            return replace(start, token, SecretMask.MASK);
        }
        char first = text.charAt(start);
        char next = end < text.length() ? text.charAt(end) : 0;
        if (next == '/') {
            return webhook(start, end);
        }
        if (next == ':' && text.startsWith("://", end)) {
            return url(end + 3);
        }
        if (first == '-') {
            if (text.startsWith("-----BEGIN ", start)) {
                return privateKey(start);
            }
            if (start == 0 || opens(text.charAt(start - 1))) {
                return option(start, end);
            }
        }
        if ((first == 'B' || first == 'b') && end - start == 6 && text.regionMatches(true, start, "bearer", 0, 6)) {
            return bearer(end);
        }
        if (commands) {
            program = program.after(text.substring(start, end));
        }
        return assigned(start, end);
    }

    /** name=value, name = value, "name": "value", name: value. */
    private int assigned(int start, int end) {
        if (end == text.length()) {
            return end;
        }
        int quote = skip(end, '\\');
        boolean quoted = quote < text.length() && isQuote(text.charAt(quote));
        int sign = spaces(quoted ? quote + 1 : end);
        if (sign == text.length()) {
            return end;
        }
        boolean first = start == 0 && sign == end;
        if (text.charAt(sign) == '=' && !quoted && !text.startsWith("==", sign)) {
            Kind kind = inQuery(start, end) ? Kind.SECRET : SecretNames.of(text, start, end);
            int from = sign == end ? sign + 1 : spaces(sign + 1);
            if (kind == Kind.AUTHORIZATION) {
                return value(kind, from, Extent.LINE);
            }
            return kind == Kind.NONE ? end : value(kind, from, first && assignment ? Extent.ALL : Extent.WORD);
        }
        if (text.charAt(sign) == ':') {
            return colon(start, end, sign, quoted);
        }
        return end;
    }

    private int colon(int start, int end, int sign, boolean quoted) {
        boolean first = start == 0 && sign == end;
        boolean spaced = sign + 1 < text.length() && isSpace(text.charAt(sign + 1));
        if (!quoted && !spaced && sign == end && end - start == 4 && text.startsWith("pass", start)) {
            return value(Kind.SECRET, sign + 1, Extent.WORD); // openssl-passphrase-options(1)
        }
        if (!quoted && !spaced && !(first && header)) {
            return end;
        }
        boolean cookie = text.regionMatches(true, start, "cookie", 0, 6) && end - start == 6;
        Kind kind = cookie ? Kind.SECRET : SecretNames.of(text, start, end);
        if (kind == Kind.NONE) {
            return end;
        }
        boolean sentence = first && header || cookie || kind == Kind.AUTHORIZATION;
        return value(kind, spaces(sign + 1), sentence ? Extent.LINE : Extent.LINE_OF_ONE_WORD);
    }

    /** Signatures of URLs that let in whoever has them. */
    private boolean inQuery(int start, int end) {
        return start > 0 && (text.charAt(start - 1) == '?' || text.charAt(start - 1) == '&')
                && (text.regionMatches(true, start, "sig", 0, Math.max(3, end - start))
                        || text.regionMatches(true, end - 9, "signature", 0, 9));
    }

    /** --name value within a text, and the one-letter options of the program named before. */
    private int option(int start, int end) {
        if (program.takesValue(text, start)) {
            int wordEnd = end;
            while (wordEnd < text.length() && !isSpace(text.charAt(wordEnd)) && !isQuote(text.charAt(wordEnd))) {
                wordEnd++;
            }
            if (script && text.startsWith("$", start + 2)) {
                return wordEnd;
            }
            if (wordEnd == start + 2 && wordEnd < text.length() && isQuote(text.charAt(wordEnd))) {
                return value(Kind.SECRET, wordEnd, Extent.WORD);
            }
            String option = text.substring(start, wordEnd);
            String glued = program.glued(option);
            if (glued != null) {
                return glued.equals(option) ? wordEnd : replace(start, wordEnd, glued);
            }
        }
        String option = text.substring(start, end);
        int next = spaces(end);
        if (end == text.length() || text.charAt(end) == '=' || next == end) {
            return assigned(start, end);
        }
        Kind kind = program.secretFollows(option) ? Kind.SECRET : SecretNames.of(text, start, end);
        if (kind != Kind.NONE && !text.startsWith("=", next)) {
            return text.startsWith("-", next) ? end : value(kind, next, Extent.WORD);
        }
        if (program.userFollows(option)) {
            int from = next < text.length() && isQuote(text.charAt(next)) ? next + 1 : next;
            int to = valueEnd(from, from > next ? text.charAt(next) : 0);
            String pair = text.substring(from, to);
            String masked = program.afterUser(pair);
            return masked.equals(pair) || script && pair.indexOf('$') >= 0 ? end : replace(from, to, masked);
        }
        return assigned(start, end);
    }

    private int value(Kind kind, int at, Extent extent) {
        int from = skip(at, '\\');
        char quote = 0;
        if (from < text.length() && isQuote(text.charAt(from)) && extent != Extent.ALL) {
            quote = text.charAt(from++);
        }
        if (kind.spares(text, from) || script && text.startsWith("$", from)) {
            return from;
        }
        int to = switch (quote == 0 ? extent : Extent.WORD) {
            case ALL -> text.length();
            case LINE -> lineEnd(from);
            case WORD, LINE_OF_ONE_WORD -> kind == Kind.PERHAPS && !SecretNames.looksRandom(text, from)
                    ? from : valueEnd(from, quote);
        };
        if (quote == 0 && extent == Extent.LINE_OF_ONE_WORD && !endsLine(to)) {
            return from;
        }
        String value = text.substring(from, to);
        String masked = kind.value(value);
        return masked.equals(value) ? from : replace(from, to, masked);
    }

    /** Nothing comes behind, or it was only one in a list. */
    private boolean endsLine(int end) {
        int next = spaces(end);
        return next == text.length() || "\r\n\"'}".indexOf(text.charAt(next)) >= 0
                || end > 0 && ",;".indexOf(text.charAt(end - 1)) >= 0;
    }

    /** Where a value ends: at its quote, or without one at what cannot be part of a word of the shell or of a query. */
    private int valueEnd(int from, char quote) {
        int end = from;
        while (end < text.length()) {
            char c = text.charAt(end);
            if (quote != 0 ? c == quote : isSpace(c) || "\"'`&;|)<>".indexOf(c) >= 0) {
                break;
            }
            end++;
        }
        return end > from && quote != 0 && text.charAt(end - 1) == '\\' ? end - 1 : end;
    }

    private int lineEnd(int from) {
        int end = from;
        while (end < text.length() && "\r\n\"'".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    /** RFC 7468: what lies between the lines of dashes. */
    private int privateKey(int start) {
        int close = text.indexOf("-----", start + 11);
        if (close < 0 || close - start > LONGEST_PEM_HEADER || !text.substring(start, close).endsWith("PRIVATE KEY")) {
            return start;
        }
        int body = close + 5;
        int end = text.indexOf("-----END", body);
        return body == text.length() ? body : replace(body, end < 0 ? text.length() : end, SecretMask.MASK);
    }

    /** RFC 3986: the password in scheme://user:password@host. */
    private int url(int start) {
        int colon = -1;
        int at = -1;
        int end = start;
        for (; end < text.length() && "/?#\"'<> \t\r\n".indexOf(text.charAt(end)) < 0; end++) {
            if (text.charAt(end) == ':' && colon < 0) {
                colon = end;
            } else if (text.charAt(end) == '@') {
                at = end;
            }
        }
        if (colon < 0 || at < colon) {
            return start;
        }
        String password = text.substring(colon + 1, at);
        if (script && password.startsWith("$") || password.isEmpty() || password.equals(SecretMask.MASK)) {
            return at;
        }
        return replace(colon + 1, at, SecretMask.MASK);
    }

    private int webhook(int start, int end) {
        for (String webhook : WEBHOOKS) {
            if (text.startsWith(webhook, start)) {
                int from = start + webhook.length();
                int to = valueEnd(from, (char) 0);
                return to == from ? end : replace(from, to, SecretMask.MASK);
            }
        }
        return end;
    }

    /** RFC 6750, wherever it stands. */
    private int bearer(int end) {
        int from = spaces(end);
        int to = from;
        while (to < text.length() && (isWord(text.charAt(to)) || "~+/=".indexOf(text.charAt(to)) >= 0)) {
            to++;
        }
        return from == end || to - from < BEARER ? end : replace(from, to, SecretMask.MASK);
    }

    private int replace(int from, int to, String masked) {
        shown = shown == null ? new StringBuilder(text.length()) : shown;
        shown.append(text, copied, from).append(masked);
        copied = to;
        return to;
    }

    private int spaces(int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private int skip(int from, char sign) {
        return from < text.length() && text.charAt(from) == sign ? from + 1 : from;
    }

    private static boolean isWord(char c) {
        return c < WORD.length && WORD[c];
    }

    /** What an option can start behind. */
    private static boolean opens(char c) {
        return isSpace(c) || isQuote(c) || c == '(' || c == '`';
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
}
