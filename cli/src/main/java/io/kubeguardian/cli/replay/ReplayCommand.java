package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.TemporaryFolder;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian replay}: what rules would have said of what happened. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs the whole detection pipeline over captured events, or over a time range of the events topic,"
                + " and says what rules, policies, models and threat intelligence make of them; with --against also where"
                + " two sets of rules differ. Exits 1 when they do.")
public final class ReplayCommand implements Callable<Integer> {
    /** How the result is printed. */
    public enum Format { TABLE, JSON }

    @Parameters(paramLabel = "EVENTS", arity = "0..*", description = "capture files, and JSON of Tetragon's export or of"
            + " Falco's alerts, replayed in this order")
    private List<Path> events = new ArrayList<>();

    @Option(names = "--rules", paramLabel = "FILE", description = "rule file or folder; again for more; without: the built-in"
            + " rules")
    private List<Path> rules = new ArrayList<>();

    @Option(names = "--against", paramLabel = "FILE", description = "rule file or folder to compare with; again for more;"
            + " \"built-in\" for the built-in rules")
    private List<String> against = new ArrayList<>();

    @Option(names = "--policies", paramLabel = "FILE", description = "judge workloads by the RuntimePolicies of this YAML, as"
            + " profile export writes it, or of all YAML and JSON files of a folder; again for more")
    private List<Path> policies = new ArrayList<>();

    @Option(names = "--cluster", paramLabel = "NAME", description = "the cluster that --policies are for (default: the one that"
            + " an exported policy was learned in)")
    private String cluster;

    @Option(names = "--models", paramLabel = "FILE", description = "score behaviour with this model, as models train writes"
            + " it, or with all .kgmodel files of a folder; again for more")
    private List<Path> models = new ArrayList<>();

    @Option(names = "--intel", paramLabel = "FILE", description = "match with this list of addresses, networks, domains, hashes"
            + " and paths, one a line; again for more; \"configured\" for the feeds of the configuration")
    private List<String> intel = new ArrayList<>();

    @Option(names = "--from", paramLabel = "TIME", description = "instead of captures: events of the topic from this time on"
            + " (2026-03-01T12:00:00Z, or how long ago: 2h, 30m, 7d)")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "until this time (default: now)")
    private String to;

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "Kafka (default: as configured)")
    private String bootstrapServers;

    @Option(names = "--config", paramLabel = "FILE", description = "KubeGuardian's configuration")
    private Path config;

    @Option(names = "--keep", paramLabel = "FILE", description = "with --from: keep what was read as a capture file")
    private Path keep;

    @Option(names = "--format", paramLabel = "F", defaultValue = "table", description = "table or json; default: table")
    private Format format;

    private final Ansi ansi = Ansi.detect();

    @Override
    public Integer call() throws Exception {
        KubeGuardianConfig settings = ConfigReader.read(config, System.getenv());
        if (events.isEmpty() == (from == null)) {
            throw new UserError("replay needs files with events, or --from TIME for events of the topic; see replay --help");
        }
        Outcome.Rules now = Outcome.Rules.of(rules);
        Outcome.Rules old = against.isEmpty() ? null : Outcome.Rules.of(
                against.equals(List.of("built-in")) ? List.of() : against.stream().map(Path::of).toList());
        Outcome.Setting setting = new Outcome.Setting(settings, IntelInput.read(intel, settings),
                ModelInput.read(models, settings.models()), PolicyInput.read(policies, cluster));
        try (TemporaryFolder folder = new TemporaryFolder("kubeguardian-replay-")) {
            if (from == null) {
                return replay(ForeignFiles.converted(events, config, folder.path()), now, old, setting);
            }
            Path file = keep == null ? folder.path().resolve("topic.avro") : keep;
            read(settings, file);
            return replay(List.of(file), now, old, setting);
        }
    }

    private void read(KubeGuardianConfig settings, Path file) {
        Instant now = Instant.now();
        Instant start = time("--from", from, now);
        Instant end = to == null ? now : time("--to", to, now);
        if (!start.isBefore(end)) {
            throw new UserError("--from " + from + " is not before --to " + (to == null ? "now" : to));
        }
        Map<String, Object> client = settings.kafka().client();
        if (bootstrapServers != null) {
            client.put("bootstrap.servers", bootstrapServers);
        }
        System.err.println("kubeguardian: reading " + start + " … " + end + " from " + client.get("bootstrap.servers"));
        TopicCapture.Written written = TopicCapture.write(client, start, end, file);
        if (written.batches() == 0) {
            throw new UserError("no events between " + start + " and " + end);
        }
        if (written.malformed() > 0) {
            System.err.println("kubeguardian: " + Texts.count(written.malformed(), "malformed record") + " left out");
        }
    }

    private int replay(List<Path> captures, Outcome.Rules now, Outcome.Rules old, Outcome.Setting setting) {
        Evidence evidence = Evidence.of(captures, events.isEmpty() ? captures : events);
        ReplayReport report = new ReplayReport(evidence, setting, Outcome.of(captures, now, setting),
                old == null ? null : Outcome.of(captures, old, setting));
        if (format == Format.JSON) {
            System.out.println(Texts.json(report.json()));
        } else {
            report.print(System.out, ansi);
        }
        return report.differs() ? 1 : 0;
    }

    /** A point in time, or how long before now. */
    public static Instant time(String option, String text, Instant now) {
        try {
            char unit = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
            if (text.matches("[0-9]{1,9}[smhd]")) {
                long number = Long.parseLong(text.substring(0, text.length() - 1));
                return now.minus(switch (unit) {
                    case 's' -> Duration.ofSeconds(number);
                    case 'm' -> Duration.ofMinutes(number);
                    case 'h' -> Duration.ofHours(number);
                    default -> Duration.ofDays(number);
                });
            }
            return Instant.parse(text);
        } catch (DateTimeException | ArithmeticException e) {
            throw new UserError(option + " is " + text + "; expected a time such as 2026-03-01T12:00:00Z, or how long ago such as"
                    + " 30m, 2h, 7d", e);
        }
    }
}
