package io.kubeguardian.cli.rules;

import com.fasterxml.jackson.annotation.JsonValue;
import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.rules.ConditionCheck;
import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.rules.RuleLoadException;
import io.kubeguardian.rules.RuleProblem;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.rules.RuleSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian rules check}: everything that is wrong with rule files, or with one condition. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Says what is wrong with rule files, or with one condition; exits 1 when something is.")
final class CheckCommand implements Callable<Integer> {
    /** Characters of a condition shown on either side of a mistake. */
    private static final int SHOWN_AROUND = 100;

    private enum Severity {
        ERROR("error"),
        /** The rule alone does not load, the others do. */
        LEFT_OUT("left-out"),
        WARNING("warning");

        @JsonValue
        private final String text;

        Severity(String text) {
            this.text = text;
        }
    }

    private record Finding(Severity severity, String file, int line, int column, String message) {
        static Finding of(Severity severity, RuleProblem problem) {
            return new Finding(severity, problem.location().file(), problem.location().line(),
                    problem.location().column(), problem.message());
        }
    }

    /** @param rules how many there are; 0 while something is wrong */
    private record Report(boolean valid, List<String> files, int rules, List<Finding> findings) {}

    @Parameters(paramLabel = "FILE", arity = "0..*",
            description = "rule files or folders, in the order in which they are loaded")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--condition", paramLabel = "EXPR", description = "check this condition instead of files")
    private String condition;

    @Option(names = "--syntax-only",
            description = "of --condition: take fields, macros and values as they are")
    private boolean syntaxOnly;

    @Option(names = "--lenient",
            description = "a rule with an unknown field is left out, and is no error for the others")
    private boolean lenient;

    @Option(names = "--format", paramLabel = "F", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
    private RulesCommand.Format format;

    private final Ansi ansi = Ansi.detect();

    @Override
    public Integer call() {
        if ((condition == null) == files.isEmpty()) {
            throw new UserError("rules check: expected either rule files or --condition EXPR");
        }
        if (condition == null && syntaxOnly) {
            throw new UserError("rules check: --syntax-only belongs to --condition");
        }
        if (condition != null && lenient) {
            throw new UserError("rules check: --lenient belongs to files; for a condition there is --syntax-only");
        }
        Report report = condition == null ? files() : condition();
        if (format == RulesCommand.Format.json) {
            System.out.println(Texts.json(report));
        } else {
            print(report);
        }
        return report.valid() ? 0 : 1;
    }

    private Report condition() {
        List<Finding> findings = ConditionCheck.check(condition, syntaxOnly).stream()
                .map(problem -> Finding.of(Severity.ERROR, problem))
                .toList();
        return new Report(findings.isEmpty(), List.of(), 0, findings);
    }

    private Report files() {
        List<RuleSource> sources = RuleInput.read(files);
        List<String> names = sources.stream().map(RuleSource::name).toList();
        List<Finding> findings = new ArrayList<>();
        try {
            RuleSet rules = RuleSet.load(sources, lenient ? LoadMode.LENIENT : LoadMode.STRICT);
            add(findings, Severity.LEFT_OUT, rules.skipped());
            add(findings, Severity.WARNING, rules.warnings());
            return new Report(true, names, rules.rules().size(), findings);
        } catch (RuleLoadException e) {
            add(findings, Severity.ERROR, e.problems());
            add(findings, Severity.WARNING, e.warnings());
            return new Report(false, names, 0, findings);
        }
    }

    private static void add(List<Finding> findings, Severity severity, List<RuleProblem> problems) {
        problems.forEach(problem -> findings.add(Finding.of(severity, problem)));
    }

    private void print(Report report) {
        for (Finding finding : report.findings()) {
            System.out.println(Texts.line(finding.file()) + ":" + finding.line() + ":" + finding.column() + ": "
                    + coloured(finding.severity()) + ": " + Texts.line(finding.message()));
            if (condition != null) {
                point(finding);
            }
        }
        if (condition != null) {
            if (report.valid()) {
                System.out.println(ansi.green("fine"));
            }
            return;
        }
        String where = Texts.count(report.files().size(), "file");
        String counts = Texts.count(count(report, Severity.ERROR), "error") + ", "
                + Texts.count(count(report, Severity.WARNING), "warning");
        long leftOut = count(report, Severity.LEFT_OUT);
        System.out.println(report.valid()
                ? ansi.green("fine") + ": " + Texts.count(report.rules(), "rule") + " in " + where + ", "
                        + Texts.count(count(report, Severity.WARNING), "warning")
                        + (leftOut == 0 ? "" : ", " + Texts.count(leftOut, "rule") + " left out")
                : ansi.red("wrong") + ": " + counts + " in " + where + "; none of it would be loaded");
    }

    /** The condition's line, or the part of it around the place, with a mark below. */
    private void point(Finding finding) {
        String[] lines = condition.split("\n", -1);
        if (finding.line() <= lines.length) {
            String line = lines[finding.line() - 1];
            int place = Math.min(finding.column() - 1, line.length());
            int from = Math.max(0, place - SHOWN_AROUND);
            System.out.println("  " + Texts.line(line.substring(from, Math.min(line.length(), place + SHOWN_AROUND))));
            System.out.println("  " + " ".repeat(place - from) + ansi.bold("^"));
        }
    }

    private static long count(Report report, Severity severity) {
        return report.findings().stream().filter(finding -> finding.severity() == severity).count();
    }

    private String coloured(Severity severity) {
        return severity == Severity.WARNING ? ansi.yellow(severity.text) : ansi.red(severity.text);
    }
}
