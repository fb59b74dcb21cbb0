package io.kubeguardian.webhook;

/** Text from elsewhere, made fit for a message or a log line. */
public final class Text {
    private Text() {}

    /**
     * One line of at most {@code limit} characters (of UTF-16; from 1): control and format characters (which can move the
     * cursor or hide text on a terminal), and halves of characters, become spaces; the rest is cut.
     */
    public static String oneLine(String text, int limit) {
        boolean cut = text.length() > limit;
        int end = cut ? limit - 1 : text.length();
        if (cut && end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        StringBuilder line = new StringBuilder(end + 1);
        text.substring(0, end).codePoints().forEach(c -> line.appendCodePoint(isPlain(c) ? c : ' '));
        return line.append(cut ? "…" : "").toString().strip();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
