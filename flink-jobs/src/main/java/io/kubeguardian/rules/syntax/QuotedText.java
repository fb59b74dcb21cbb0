package io.kubeguardian.rules.syntax;

/**
 * Takes a quoted string of a condition out of its quotes. Escapes as in
 * https://falco.org/docs/concepts/rules/conditions/.
 */
final class QuotedText {
    private QuotedText() {}

    /** @throws SyntaxException at the first escape that does not exist */
    static String unquote(String quoted, Place at) {
        char quote = quoted.charAt(0);
        if (quoted.indexOf('\\') < 0) {
            return quoted.substring(1, quoted.length() - 1);
        }
        StringBuilder text = new StringBuilder(quoted.length());
        for (int i = 1; i < quoted.length() - 1; i++) {
            char c = quoted.charAt(i);
            text.append(c == '\\' ? escape(quoted.charAt(++i), quote, new Place(at.text(), at.offset() + i)) : c);
        }
        return text.toString();
    }

    private static char escape(char c, char quote, Place at) {
        if (c == '"' || c == '\'') {
            if (c != quote) {
                throw new SyntaxException(at, "\\" + c + " does not exist within " + quote
                        + " quotes; write " + c + " without the backslash");
            }
            return c;
        }
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '/' -> '/';
            // Falco reads an escaped blank as a backslash too, for the sake of old rule files.
            case '\\', ' ' -> '\\';
            default -> throw new SyntaxException(at, "unknown escape \\" + c
                    + "; expected \\b \\f \\n \\r \\t \\\\ \\/ or \\" + quote);
        };
    }
}
