package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.correlation.CorrelationPattern;
import io.kubeguardian.correlation.PatternBundles;
import io.kubeguardian.correlation.PatternException;
import io.kubeguardian.correlation.PatternLoader;
import io.kubeguardian.correlation.PatternSet;
import io.kubeguardian.correlation.PatternSource;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RuleBundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kubeguardian patterns}: correlation patterns, before they run anywhere and while they do. */
@Command(
        name = "patterns",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Checks, lists and publishes correlation patterns (Sigma correlation rules).",
        subcommands = {PatternsCommand.CheckPatterns.class, PatternsCommand.ListPatterns.class,
            PatternsCommand.PublishPatterns.class, RollbackCommand.class})
public final class PatternsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return 2;
    }

    private static List<PatternSource> sources(List<Path> files) {
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                throw new UserError(file + (Files.exists(file) ? ": cannot be read: permission denied" : ": does not exist"));
            }
        }
        return PatternLoader.load(files.stream().map(Path::toString).toList());
    }

    /** @throws UserError when they cannot be read or do not load */
    private static PatternSet load(List<Path> files) {
        try {
            return PatternSet.of(sources(files));
        } catch (PatternException e) {
            throw new UserError(Texts.line(e.getMessage()), e);
        }
    }

    /** {@code kubeguardian patterns check}. */
    @Command(name = "check", mixinStandardHelpOptions = true,
            description = "Says what is wrong with pattern files; exits 1 when something is.")
    static final class CheckPatterns implements Callable<Integer> {
        private record Report(boolean valid, int patterns, String problem) {}

        @Parameters(paramLabel = "FILE", arity = "1..*", description = "pattern files or folders, taken together")
        private List<Path> files;

        @Option(names = "--format", paramLabel = "F", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
        private RulesCommand.Format format;

        @Override
        public Integer call() {
            Report report;
            try {
                report = new Report(true, PatternSet.of(sources(files)).patterns().size(), "");
            } catch (PatternException e) {
                report = new Report(false, 0, Texts.line(e.getMessage()));
            }
            if (format == RulesCommand.Format.json) {
                System.out.println(Texts.json(report));
            } else {
                System.out.println(report.valid() ? Texts.count(report.patterns(), "pattern") + ", nothing wrong"
                        : report.problem());
            }
            return report.valid() ? 0 : 1;
        }
    }

    /** {@code kubeguardian patterns list}. */
    @Command(name = "list", mixinStandardHelpOptions = true,
            description = {
                "Lists the patterns of files, or without any those that come with KubeGuardian.",
                "With --effective it says which bundle the running job goes by."
            })
    static final class ListPatterns implements Callable<Integer> {
        private record Row(
                String id, String title, String description, Priority priority, List<String> techniques, String type,
                List<String> rules, List<String> groupBy, long timespanSeconds, boolean standAlone) {
            static Row of(CorrelationPattern pattern) {
                return new Row(pattern.id(), pattern.title(), pattern.description(), pattern.priority(),
                        pattern.techniques(), pattern.type().text(), pattern.rules(), pattern.groupBy(),
                        pattern.timespanMillis() / 1000, pattern.isStandAlone());
            }
        }

        private record Report(String digest, List<Row> patterns) {}

        @Parameters(paramLabel = "FILE", arity = "0..*", description = "pattern files or folders, taken together")
        private List<Path> files = new ArrayList<>();

        @Option(names = "--format", paramLabel = "F", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
        private RulesCommand.Format format;

        @Option(names = "--effective",
                description = "what runs: digest and state of each subtask; exits 1 when that is not what is published")
        private boolean effective;

        @Mixin
        private KafkaOption kafka;

        private final Ansi ansi = Ansi.detect();

        @Override
        public Integer call() throws Exception {
            if (effective) {
                if (!files.isEmpty()) {
                    throw new UserError("patterns list: --effective is about the running job and takes no files");
                }
                Map<String, Object> client = kafka.client();
                return KafkaOption.using(client, () -> EffectiveRules.read(client, BundleKind.PATTERNS, Instant.now()))
                        .show(format, ansi);
            }
            PatternSet patterns = load(files);
            List<Row> rows = patterns.patterns().stream().map(Row::of).toList();
            if (format == RulesCommand.Format.json) {
                System.out.println(Texts.json(new Report(patterns.digest(), rows)));
            } else {
                print(rows);
            }
            return 0;
        }

        private void print(List<Row> rows) {
            int id = Math.max(2, rows.stream().mapToInt(row -> row.id().length()).max().orElse(0));
            String line = "%-" + id + "s  %s  %-16s  %-14s  %8s  %s%n";
            System.out.printf(line, "ID", String.format("%-13s", "PRIORITY"), "TYPE", "GROUP-BY", "TIMESPAN", "TITLE");
            for (Row row : rows) {
                System.out.printf(line, Texts.line(row.id()),
                        ansi.of(row.priority(), String.format("%-13s", row.priority())), row.type(),
                        Texts.line(String.join(",", row.groupBy())), time(row.timespanSeconds()),
                        Texts.line(row.title()));
            }
            System.out.println(ansi.dim(Texts.count(rows.size(), "pattern")));
        }

        private static String time(long seconds) {
            return Duration.ofSeconds(seconds).toString().substring("PT".length()).toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** {@code kubeguardian patterns publish}. */
    @Command(name = "publish", mixinStandardHelpOptions = true,
            description = {
                "Makes pattern files what running jobs correlate by, whole or not at all, without a restart.",
                "They are checked here first: with a mistake in them nothing is published, and it exits 2."
            })
    static final class PublishPatterns implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", arity = "1..*", description = "pattern files or folders, taken together")
        private List<Path> files;

        @Mixin
        private KafkaOption kafka;

        @Mixin
        private WaitOption waiting;

        @Override
        public Integer call() throws Exception {
            RuleBundle bundle;
            try {
                bundle = PatternBundles.of(sources(files), Publication.issuer(), 0, List.of());
            } catch (PatternException e) {
                throw new UserError(Texts.line(e.getMessage()), e);
            }
            return new Publication(BundleKind.PATTERNS, kafka, waiting).publish(bundle);
        }
    }
}
