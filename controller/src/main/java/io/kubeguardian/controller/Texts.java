package io.kubeguardian.controller;

import io.kubeguardian.webhook.Text;

/** Texts that others wrote, on their way to people. */
final class Texts {
    private static final int LONGEST = 1_000;

    private Texts() {}

    /** One line without control characters, cut where it is too long. */
    static String line(String text) {
        return Text.oneLine(text, LONGEST);
    }

    /** What is wrong, without the name of the source, which the reader knows. */
    static String problem(String source, Exception e) {
        String message = String.valueOf(e.getMessage());
        return line(message.startsWith(source + ":1: ") ? message.substring(source.length() + 4)
                : message.startsWith(source + ": ") ? message.substring(source.length() + 2) : message);
    }
}
