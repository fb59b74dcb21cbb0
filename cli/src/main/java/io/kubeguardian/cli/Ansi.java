package io.kubeguardian.cli;

import io.kubeguardian.schema.Priority;

/** Colours for a terminal; plain text for anything else, and where NO_COLOR is set (no-color.org). */
public final class Ansi {
    private final boolean on;

    public Ansi(boolean on) {
        this.on = on;
    }

    /** On when standard output is a terminal and NO_COLOR is not set. */
    public static Ansi detect() {
        String noColor = System.getenv("NO_COLOR");
        boolean terminal = System.console() != null && System.console().isTerminal();
        return new Ansi(terminal && (noColor == null || noColor.isEmpty()));
    }

    public String bold(String text) {
        return code("1", text);
    }

    public String dim(String text) {
        return code("2", text);
    }

    public String red(String text) {
        return code("31", text);
    }

    public String green(String text) {
        return code("32", text);
    }

    public String yellow(String text) {
        return code("33", text);
    }

    /** Text in the colour of a priority. */
    public String of(Priority priority, String text) {
        return switch (priority) {
            case EMERGENCY, ALERT, CRITICAL -> code("1;31", text);
            case ERROR -> red(text);
            case WARNING -> yellow(text);
            case NOTICE -> code("36", text);
            case INFORMATIONAL, DEBUG -> dim(text);
        };
    }

    private String code(String code, String text) {
        return on ? "\u001b[" + code + 'm' + text + "\u001b[0m" : text;
    }
}
