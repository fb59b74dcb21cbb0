package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.rules.Rule;
import io.kubeguardian.rules.RuleProblem;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.schema.Priority;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code kubeguardian rules list}: which rules there are, and which of them our sensors can feed. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the rules of files, or without any those that come with KubeGuardian.",
            "With --effective it lists those that the running job judges by, with hits and cost."
        })
final class ListCommand implements Callable<Integer> {
    /**
     * @param sensors yes; partly: some of its fields have no value yet, comparisons with them are false; no: it can
     *     never fire
     * @param missingFields fields that no sensor provides yet
     */
    private record Row(
            String name, String description, Priority priority, List<String> tags, List<String> techniques,
            List<String> events, boolean enabled, String sensors, List<String> missingFields) {
        static Row of(Rule rule) {
            List<String> events = EnumSet.allOf(EventType.class).stream()
                    .filter(rule.eventTypes()::contains)
                    .map(type -> type.name().toLowerCase(Locale.ROOT))
                    .toList();
            String sensors = events.isEmpty() ? "no" : rule.unsourcedFields().isEmpty() ? "yes" : "partly";
            return new Row(rule.name(), rule.desc(), rule.priority(), rule.tags(), rule.techniques(), events,
                    rule.enabled(), sensors, List.copyOf(new TreeSet<>(rule.unsourcedFields())));
        }
    }

    private record Report(String digest, List<Row> rules) {}

    /** Any case, and Falco's short INFO. */
    static final class PriorityName implements ITypeConverter<Priority> {
        @Override
        public Priority convert(String text) {
            String name = text.toUpperCase(Locale.ROOT);
            for (Priority priority : Priority.values()) {
                if (priority.name().equals(name.equals("INFO") ? "INFORMATIONAL" : name)) {
                    return priority;
                }
            }
            throw new TypeConversionException(
                    "'" + text + "' is no priority; expected one of " + List.of(Priority.values()));
        }
    }

    @Parameters(paramLabel = "FILE", arity = "0..*",
            description = "rule files or folders, in the order in which they are loaded")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--tag", paramLabel = "T", description = "only rules with this tag (ATT&CK ids are tags)")
    private String tag;

    @Option(names = "--priority", paramLabel = "P", defaultValue = "DEBUG", converter = PriorityName.class,
            description = "this priority and more urgent ones: ${COMPLETION-CANDIDATES}")
    private Priority priority;

    @Option(names = "--lenient", description = "leave out rules with unknown fields, and say so on standard error")
    private boolean lenient;

    @Option(names = "--format", paramLabel = "F", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
    private RulesCommand.Format format;

    @Option(names = "--effective",
            description = "what runs: digest, state of each subtask, hits and cost of each rule; exits 1 when that is"
                    + " not what is published")
    private boolean effective;

    @Mixin
    private KafkaOption kafka;

    private final Ansi ansi = Ansi.detect();

    @Override
    public Integer call() throws Exception {
        return effective ? effective() : declared();
    }

    private int effective() throws Exception {
        if (!files.isEmpty() || lenient || tag != null) {
            throw new UserError("rules list: --effective is about the running job and takes no files, --lenient or --tag");
        }
        Map<String, Object> client = kafka.client();
        return KafkaOption.using(client, () -> EffectiveRules.read(client, BundleKind.RULES, Instant.now()))
                .show(format, ansi);
    }

    private int declared() {
        RuleSet rules = RuleInput.load(files, lenient ? LoadMode.LENIENT : LoadMode.STRICT);
        for (RuleProblem problem : rules.skipped()) {
            System.err.println("kubeguardian: left out: " + Texts.line(problem.toString()));
        }
        List<Row> rows = rules.rules().stream().map(Row::of).filter(this::wanted).toList();
        if (format == RulesCommand.Format.json) {
            System.out.println(Texts.json(new Report(rules.digest(), rows)));
        } else {
            print(rows);
        }
        return 0;
    }

    private boolean wanted(Row row) {
        return row.priority().compareTo(priority) <= 0
                && (tag == null || row.tags().stream().anyMatch(tag::equalsIgnoreCase));
    }

    private void print(List<Row> rows) {
        int name = Math.max(4, rows.stream().mapToInt(row -> row.name().length()).max().orElse(0));
        int techniques = Math.max(6, rows.stream().mapToInt(row -> techniques(row).length()).max().orElse(0));
        String line = "%-" + name + "s  %s  %-" + techniques + "s  %-27s  %-7s  %s%n";
        System.out.printf(line, "RULE", String.format("%-13s", "PRIORITY"), "ATT&CK", "EVENTS", "ENABLED", "SENSORS");
        for (Row row : rows) {
            System.out.printf(line, Texts.line(row.name()),
                    ansi.of(row.priority(), String.format("%-13s", row.priority())), techniques(row),
                    row.events().isEmpty() ? "-" : String.join(",", row.events()), row.enabled() ? "yes" : "no",
                    sensors(row));
        }
        long never = rows.stream().filter(row -> row.sensors().equals("no")).count();
        System.out.println(ansi.dim(Texts.count(rows.size(), "rule") + ", "
                + rows.stream().filter(row -> !row.enabled()).count() + " disabled, " + never
                + " without events of our sensors"));
    }

    private String sensors(Row row) {
        String missing = row.missingFields().isEmpty() ? "" : ", lacks " + String.join(" ", row.missingFields());
        return switch (row.sensors()) {
            case "yes" -> ansi.green("yes");
            case "partly" -> ansi.yellow("partly") + missing;
            default -> ansi.red("no") + missing;
        };
    }

    private static String techniques(Row row) {
        return row.techniques().isEmpty() ? "-" : String.join(",", row.techniques());
    }
}
