package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian rules test}: what rules say of captures and of written events, against what they should. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = "Runs rules over captures or written events, and exits 1 when an expected alert did not come or"
                + " a forbidden one did. The format of FILE is in docs/rules-test.md.")
final class TestCommand implements Callable<Integer> {
    private static final int SHOWN = 10;

    private record Report(boolean passed, List<RuleTestResult> tests) {}

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "YAML files of tests")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--format", paramLabel = "F", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
    private RulesCommand.Format format;

    private final Ansi ansi = Ansi.detect();

    @Override
    public Integer call() {
        List<RuleTestFile> read = files.stream().map(RuleTestFile::read).toList();
        List<RuleTestResult> results = new ArrayList<>();
        for (RuleTestFile file : read) {
            for (RuleTest test : file.tests()) {
                RuleTestResult result = RuleTestResult.of(test, file.rules());
                results.add(result);
                if (format == RulesCommand.Format.table) {
                    print(result);
                }
            }
        }
        long failed = results.stream().filter(result -> !result.passed()).count();
        if (format == RulesCommand.Format.json) {
            System.out.println(Texts.json(new Report(failed == 0, results)));
        } else {
            String passed = results.size() - failed + " passed";
            System.out.println(failed == 0 ? ansi.green(passed) : passed + ", " + ansi.red(failed + " failed"));
        }
        return failed == 0 ? 0 : 1;
    }

    private void print(RuleTestResult result) {
        if (result.passed()) {
            System.out.println(ansi.green("ok  ") + "  " + Texts.line(result.name()));
            return;
        }
        System.out.println(ansi.red("FAIL") + "  " + ansi.bold(Texts.line(result.name())) + "  "
                + ansi.dim("(" + Texts.line(result.place()) + ")"));
        for (String failure : result.failures()) {
            String line = "      " + Texts.line(failure);
            System.out.println(failure.startsWith("-") ? ansi.red(line) : ansi.yellow(line));
        }
        System.out.println("      " + (result.alerts().isEmpty() ? "nothing came" : "what came:"));
        int all = result.fired().values().stream().mapToInt(Integer::intValue).sum();
        for (RuleTestResult.Alert alert : result.alerts().stream().limit(SHOWN).toList()) {
            System.out.println("        " + Texts.line(alert.rule()) + ansi.dim("  " + Texts.line(alert.output())));
        }
        if (all > SHOWN) {
            System.out.println("        … and " + (all - SHOWN) + " more");
        }
    }
}
