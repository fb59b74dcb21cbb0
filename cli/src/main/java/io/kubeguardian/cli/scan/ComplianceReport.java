package io.kubeguardian.cli.scan;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Severity;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How manifests stand with frameworks, to be read and filed: Markdown, or one page of HTML that needs nothing else. */
final class ComplianceReport {
    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2530}
            table{border-collapse:collapse;width:100%;margin:1rem 0}
            th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d9dee4;vertical-align:top}
            code{font-size:.9em}.failed{color:#b3261e;font-weight:600}.passed{color:#1b6e3c}.na{color:#6b7682}
            figure{margin:1rem 0}figcaption{color:#6b7682}
            @media(prefers-color-scheme:dark){body{background:#12171d;color:#dde3ea}th,td{border-color:#333c46}
            .failed{color:#ff8a80}.passed{color:#7fd6a0}.na,figcaption{color:#93a0ad}}
            """;

    private ComplianceReport() {}

    /** What failed, by check: how often, and a first place. */
    private record Failed(Finding finding, ResourceResult first, int times) {}

    private static Map<String, Failed> failedByCheck(ScanResult result) {
        Map<String, Failed> byCheck = new LinkedHashMap<>();
        for (ResourceResult resource : result.results()) {
            for (Finding finding : resource.findings()) {
                byCheck.merge(finding.id(), new Failed(finding, resource, 1),
                        (one, more) -> new Failed(one.finding, one.first, one.times + 1));
            }
        }
        return byCheck;
    }

    static void markdown(ScanResult result, List<Compliance> compliance, PrintStream out) {
        out.println("# Compliance report");
        out.println();
        out.println(counts(result));
        out.println();
        out.println("| framework | score | passed | failed | not applicable |");
        out.println("|---|---|---|---|---|");
        for (Compliance one : compliance) {
            out.println("| " + markdown(one.heading()) + " | " + one.score() + " % | " + one.count(Compliance.Status.PASSED)
                    + " | " + one.count(Compliance.Status.FAILED) + " | " + one.count(Compliance.Status.NOT_APPLICABLE) + " |");
        }
        for (Compliance one : compliance) {
            out.println();
            out.println("## " + markdown(one.heading()));
            out.println();
            out.println("| control | | status | judged by |");
            out.println("|---|---|---|---|");
            for (Compliance.Row row : one.rows()) {
                out.println("| " + markdown(row.control().id()) + " | " + markdown(row.control().title()) + " | "
                        + row.status().label() + (row.failed() > 0 ? " (" + row.failed() + " of " + row.applied() + ")" : "")
                        + " | " + (row.checks().isEmpty() ? "manifests do not show it" : String.join(", ", row.checks()))
                        + " |");
            }
        }
        out.println();
        out.println("## What failed");
        out.println();
        out.println("| check | severity | times | first seen | to mend it |");
        out.println("|---|---|---|---|---|");
        for (Failed failed : failedByCheck(result).values()) {
            out.println("| " + failed.finding.id() + " | " + failed.finding.severity().label() + " | " + failed.times + " | "
                    + markdown(place(failed)) + " | " + markdown(failed.finding.remediation()) + " |");
        }
        errors(result).forEach(error -> out.println("\nNot read: " + markdown(error)));
    }

    private static List<String> errors(ScanResult result) {
        return result.errors().stream().map(error -> error.file() + ":" + error.line() + ": " + error.message()).toList();
    }

    private static String place(Failed failed) {
        return failed.first.label() + ", " + failed.first.file() + ":" + failed.finding.line();
    }

    private static String counts(ScanResult result) {
        return Texts.count(result.files(), "file") + ", " + Texts.count(result.resources(), "object") + ", "
                + Texts.count(result.violations(), "violation")
                + (result.errors().isEmpty() ? "" : ", " + result.errors().size() + " unreadable") + ".";
    }

    /** Text from manifests must not become Markdown or HTML. */
    private static String markdown(String text) {
        StringBuilder all = new StringBuilder();
        Texts.line(text).codePoints().forEach(c -> {
            if ("\\`*_[]<>|#&".indexOf(c) >= 0) {
                all.append('\\');
            }
            all.appendCodePoint(c);
        });
        return all.toString();
    }

    static void html(ScanResult result, List<Compliance> compliance, PrintStream out) {
        out.println("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Compliance report</title>\n"
                + "<style>\n" + STYLE + "</style>\n</head>\n<body>\n<h1>Compliance report</h1>\n<p>" + html(counts(result))
                + "</p>");
        chart(compliance, out);
        for (Compliance one : compliance) {
            out.println("<h2>" + html(one.heading()) + "</h2>\n<table>\n<tr><th>Control</th><th></th><th>Status</th>"
                    + "<th>Judged by</th></tr>");
            for (Compliance.Row row : one.rows()) {
                String style = switch (row.status()) {
                    case PASSED -> "passed";
                    case FAILED -> "failed";
                    case NOT_APPLICABLE -> "na";
                };
                out.println("<tr><td>" + html(row.control().id()) + "</td><td>" + html(row.control().title())
                        + "</td><td class=\"" + style + "\">" + row.status().label()
                        + (row.failed() > 0 ? " (" + row.failed() + " of " + row.applied() + ")" : "") + "</td><td>"
                        + (row.checks().isEmpty() ? "manifests do not show it" : html(String.join(", ", row.checks())))
                        + "</td></tr>");
            }
            out.println("</table>");
        }
        out.println("<h2>What failed</h2>\n<table>\n<tr><th>Check</th><th>Severity</th><th>Times</th><th>First seen</th>"
                + "<th>To mend it</th></tr>");
        for (Failed failed : failedByCheck(result).values()) {
            boolean bad = failed.finding.severity().reaches(Severity.HIGH);
            out.println("<tr><td><code>" + html(failed.finding.id()) + "</code></td><td" + (bad ? " class=\"failed\"" : "") + ">"
                    + failed.finding.severity().label() + "</td><td>" + failed.times + "</td><td>" + html(place(failed))
                    + "</td><td>" + html(failed.finding.remediation()) + "</td></tr>");
        }
        out.println("</table>");
        errors(result).forEach(error -> out.println("<p class=\"failed\">Not read: " + html(error) + "</p>"));
        out.println("</body>\n</html>");
    }

    /** A bar for each framework: passed, failed, not applicable. */
    private static void chart(List<Compliance> compliance, PrintStream out) {
        int row = 34;
        int height = row * compliance.size() + 6;
        out.println("<figure>\n<svg role=\"img\" aria-label=\"Controls by framework\" viewBox=\"0 0 900 " + height
                + "\" width=\"100%\" font-size=\"14\" fill=\"currentColor\">");
        int y = 4;
        for (Compliance one : compliance) {
            int all = Math.max(1, one.rows().size());
            out.println("<text x=\"0\" y=\"" + (y + 18) + "\">" + html(one.profile().label()) + "</text>");
            double x = 170;
            String[] colours = {"#2e8b57", "#c8372d", "#9aa5b1"};
            for (Compliance.Status status : Compliance.Status.values()) {
                double width = 600.0 * one.count(status) / all;
                out.println("<rect x=\"" + Math.round(x) + "\" y=\"" + y + "\" width=\"" + Math.round(width)
                        + "\" height=\"26\" fill=\"" + colours[status.ordinal()] + "\"><title>" + status.label() + ": "
                        + one.count(status) + "</title></rect>");
                x += width;
            }
            out.println("<text x=\"785\" y=\"" + (y + 18) + "\">" + one.score() + " %</text>");
            y += row;
        }
        out.println("</svg>\n<figcaption>Controls passed (green), failed (red), not applicable (grey); the score is passed of"
                + " passed and failed.</figcaption>\n</figure>");
    }

    private static String html(String text) {
        return Texts.line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
