package io.kubeguardian.cli.scan;

import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Severity;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A scan for people: findings by file and object, then what they add up to. */
final class TableReport {
    private final Ansi ansi;
    private final PrintStream out;

    TableReport(Ansi ansi, PrintStream out) {
        this.ansi = ansi;
        this.out = out;
    }

    /** @param compliance of the frameworks that were asked for, with their controls; none for none */
    void write(ScanResult result, List<Compliance> compliance, List<Compliance> summary) {
        String file = null;
        for (ResourceResult resource : result.results()) {
            if (!resource.file().equals(file)) {
                file = resource.file();
                out.println(ansi.bold(Texts.line(file)));
            }
            resource(resource);
        }
        for (ScanError error : result.errors()) {
            out.println(ansi.red("unreadable") + "  " + Texts.line(error.file()) + ":" + error.line() + "  "
                    + Texts.line(error.message()));
        }
        for (Compliance one : compliance) {
            controls(one);
        }
        summary(result, summary);
    }

    private void resource(ResourceResult resource) {
        out.println("  " + Texts.line(resource.label()) + ansi.dim("  line " + resource.line()));
        List<Finding> worstFirst = new ArrayList<>(resource.findings());
        worstFirst.sort(Comparator.comparing(Finding::severity));
        for (Finding finding : worstFirst) {
            out.printf("    %s  %5d  %s%n", coloured(finding.severity(), 8), finding.line(), ansi.bold(finding.id()));
            out.println("                     " + Texts.line(finding.message()));
            out.println(ansi.dim("                     " + Texts.line(finding.path()) + " -> " + finding.remediation()));
        }
    }

    private void controls(Compliance compliance) {
        out.println();
        out.println(ansi.bold(compliance.heading()));
        for (Compliance.Row row : compliance.rows()) {
            String status = String.format("%-14s", row.status().label());
            String coloured = switch (row.status()) {
                case PASSED -> ansi.green(status);
                case FAILED -> ansi.red(status);
                case NOT_APPLICABLE -> ansi.dim(status);
            };
            out.printf("  %s  %-24s  %s%s%n", coloured, row.control().id(), row.control().title(),
                    row.failed() == 0 ? "" : "  (" + row.failed() + " of " + row.applied() + " judgements)");
        }
    }

    private void summary(ScanResult result, List<Compliance> summary) {
        if (!result.results().isEmpty() || !summary.isEmpty()) {
            out.println();
        }
        for (Compliance one : summary) {
            long failed = one.count(Compliance.Status.FAILED);
            String failing = String.format("%3d failed", failed);
            out.printf("  %-16s %3d passed  %s  %3d not applicable%n", one.profile().label(),
                    one.count(Compliance.Status.PASSED), failed > 0 ? ansi.red(failing) : failing,
                    one.count(Compliance.Status.NOT_APPLICABLE));
        }
        if (!summary.isEmpty()) {
            out.println();
        }
        StringBuilder counts = new StringBuilder();
        for (Map.Entry<Severity, Long> count : result.bySeverity().entrySet()) {
            if (count.getValue() > 0) {
                counts.append(counts.isEmpty() ? ": " : ", ").append(count.getValue()).append(' ')
                        .append(coloured(count.getKey(), 0));
            }
        }
        out.println((result.violations() == 0 ? ansi.green("no violations") : Texts.count(result.violations(), "violation"))
                + counts + ansi.dim("  (" + Texts.count(result.files(), "file") + ", "
                        + Texts.count(result.documents(), "document") + ", " + Texts.count(result.resources(), "object")
                        + (result.errors().isEmpty() ? "" : ", " + result.errors().size() + " unreadable") + ")"));
    }

    private String coloured(Severity severity, int width) {
        String text = width == 0 ? severity.label() : String.format("%-" + width + "s", severity);
        return switch (severity) {
            case CRITICAL -> ansi.bold(ansi.red(text));
            case HIGH -> ansi.red(text);
            case MEDIUM -> ansi.yellow(text);
            default -> ansi.dim(text);
        };
    }
}
