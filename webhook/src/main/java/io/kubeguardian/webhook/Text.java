package io.kubeguardian.webhook;

/** Text from elsewhere, made fit for a message or a log line. */
public final class Text {
    private Text() {}

    /**
     * One line of at most {@code limit} characters: control and format characters (which can move the cursor or hide
     * text on a terminal) become spaces, the rest is cut.
     */
    public static String oneLine(String text, int limit) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), limit));
        int end = Math.min(text.length(), limit);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            line.append(isPlain(c) ? c : ' ');
        }
        if (end < text.length()) {
            line.setCharAt(limit - 1, '…');
        }
        return line.toString().strip();
    }

    private static boolean isPlain(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
