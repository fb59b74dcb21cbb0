package io.kubeguardian.benchmarks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** A run as a table, and as JSON. */
final class Report {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Report() {}

    static void table(Run run, PrintStream out) {
        out.printf("%-32s %14s %-14s %14s %8s%n", "figure", "value", "unit", "baseline", "ratio");
        for (Figure figure : run.figures()) {
            out.printf("%-32s %14s %-14s %14s %8s%n", figure.name(), number(figure.value()), figure.unit(),
                    figure.baseline() == null ? "" : number(figure.baseline()),
                    figure.ratio() == null ? "" : String.format(Locale.ROOT, "%.3f", figure.ratio()));
        }
    }

    static void json(String name, Run run, Path file) throws IOException {
        ObjectNode report = JSON.createObjectNode();
        report.put("name", name);
        report.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        report.put("machine", Machine.describe());
        report.put("quick", run.quick());
        report.set("figures", JSON.valueToTree(run.figures()));
        report.set("raw", JSON.valueToTree(run.raw()));
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1000 ? "%,.0f" : size >= 10 ? "%.1f" : "%.3f", value);
    }
}
