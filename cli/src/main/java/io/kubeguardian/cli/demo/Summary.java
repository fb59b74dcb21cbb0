package io.kubeguardian.cli.demo;

import io.kubeguardian.cli.Ansi;
import java.io.PrintStream;
import java.util.Locale;

/** The demo's last screen. */
final class Summary {
    private Summary() {}

    static void print(PrintStream out, Ansi ansi, DemoResult result) {
        out.println();
        out.println(ansi.bold("Summary") + (result.mode() == DemoResult.Mode.REPLAYED ? ansi.yellow("  (replayed from a capture)") : ""));
        for (DemoResult.Check check : result.checks()) {
            String mark = switch (check.state()) {
                case "ok" -> ansi.green("✔");
                case "failed" -> ansi.red("✘");
                default -> ansi.yellow("–");
            };
            String detail = switch (check.state()) {
                case "ok" -> "";
                case "failed" -> ": " + check.detail();
                default -> ": not possible, " + check.detail();
            };
            out.println("  " + mark + " " + check.name() + detail);
        }
        out.println();
        result.times().forEach((name, millis) ->
                out.printf(Locale.ROOT, "  %-70s %8.1f ms%n", name.replace('_', ' '), millis));
        StringBuilder figures = new StringBuilder();
        result.figures().forEach((name, value) ->
                figures.append(figures.isEmpty() ? "" : "   ").append(name.replace('_', ' ')).append(' ').append(value));
        out.println("  " + ansi.dim(figures.toString()));
        out.println();
        String done = result.mode() == DemoResult.Mode.LIVE
                ? "All of it happened." : "All that a replay can show happened; nothing was contained.";
        out.println(result.passed() ? ansi.green(ansi.bold(done)) : ansi.red(ansi.bold("Not all of it happened.")));
    }
}
