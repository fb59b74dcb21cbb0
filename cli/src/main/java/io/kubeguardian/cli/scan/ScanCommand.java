package io.kubeguardian.cli.scan;

import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.policy.PodTemplates;
import io.kubeguardian.policy.Severity;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code kubeguardian scan}. Exit codes: 0 no findings, 1 findings, 2 something could not be read, or wrong use. */
@Command(
        name = "scan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Finds what is unsafe in manifests: YAML and JSON, of one document or many, rendered by Kustomize and Helm.",
            "Exits 0 when it finds nothing, 1 when it does, 2 when something cannot be read (what can be is judged all the"
                + " same) or the command is wrong."},
        footer = {"", "Examples:", "  kubeguardian scan deploy/", "  helm template shop | kubeguardian scan -",
            "  kubeguardian scan deploy/ --framework pss-restricted:v1.33 --framework cis --format html > report.html",
            "  kubeguardian scan deploy/ --format json > known.json; kubeguardian scan deploy/ --baseline known.json"})
public final class ScanCommand implements Callable<Integer> {
    /** How the findings are written. */
    enum Format { table, json, sarif, junit, markdown, html }

    static final class SeverityName implements ITypeConverter<Severity> {
        @Override
        public Severity convert(String text) {
            for (Severity severity : Severity.values()) {
                if (severity.label().equals(text.toLowerCase(Locale.ROOT))) {
                    return severity;
                }
            }
            throw new TypeConversionException("'" + text + "' is no severity; expected critical, high, medium, low or info");
        }
    }

    @Parameters(paramLabel = "PATH", arity = "1..*",
            description = "files, folders (their .yaml, .yml and .json files), or - for standard input")
    private List<String> paths = new ArrayList<>();

    @Option(names = "--format", paramLabel = "F", defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}; markdown and html are compliance reports")
    private Format format;

    @Option(names = "--framework", paramLabel = "ID[:VERSION]", converter = Profile.Converter.class,
            description = "judge by this framework alone, and report its controls: pss-baseline, pss-restricted (:v1.29; the"
                + " latest without), cis, nsa, pci-dss, hipaa, gdpr, fz152; may be given several times")
    private List<Profile.Choice> frameworks = new ArrayList<>();

    @Option(names = "--min-severity", paramLabel = "S", converter = SeverityName.class,
            description = "critical, high, medium, low or info: findings below it do not count (default: low; with"
                + " --framework: info)")
    private Severity least;

    @Option(names = "--policies", paramLabel = "PATH",
            description = "judge by these policies too (docs/policies.md): files or folders; may be given several times")
    private List<String> policies = new ArrayList<>();

    @Option(names = "--exceptions", paramLabel = "FILE", description = "findings that are accepted, with reason and expiry")
    private Path exceptionsFile;

    @Option(names = "--baseline", paramLabel = "FILE",
            description = "the report (--format json) of an earlier scan: only what is not in it counts")
    private Path baselineFile;

    @Option(names = "--fix", description = "write what can be mended into the files, keeping comments and order, then judge them")
    private boolean fix;

    @Option(names = "--registry", paramLabel = "NAME",
            description = "images may come from this registry (or path in it) alone; may be given several times")
    private Set<String> registries = new LinkedHashSet<>();

    @Option(names = "--pod-path", paramLabel = "GROUP/KIND=PATH",
            description = "objects of this kind hold a pod template there, as example.org/Farm=spec.template")
    private Map<String, String> podPaths = new LinkedHashMap<>();

    @Option(names = "--threads", paramLabel = "N", description = "how many files to read at once (default: one a processor)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws Exception {
        if (threads < 1 || threads > 256) {
            throw new UserError("scan: --threads must be from 1 to 256");
        }
        if (fix && paths.contains(Inputs.STDIN)) {
            throw new UserError("scan: --fix writes files; standard input is none");
        }
        Exceptions exceptions = exceptionsFile == null ? Exceptions.NONE : Exceptions.read(exceptionsFile, LocalDate.now());
        Baseline baseline = baselineFile == null ? null : Baseline.read(baselineFile);
        Selection selection = new Selection(
                least != null ? least : frameworks.isEmpty() ? Severity.LOW : Severity.INFO, exceptions);
        List<Profile> profiles = frameworks.isEmpty() ? List.of(Profile.all(registries))
                : frameworks.stream().distinct().map(choice -> Profile.of(choice, registries)).toList();
        NetworkCoverage coverage = new NetworkCoverage(profiles);
        List<String> notes = new ArrayList<>();
        if (!policies.isEmpty()) {
            profiles = new ArrayList<>(profiles);
            profiles.add(Profile.of(Policies.read(policies, LocalDate.now(), notes)));
        }
        PodTemplates templates = templates();
        Inputs inputs = Inputs.of(paths, System.in);
        Fixer fixer = fix ? new Fixer(profiles, templates, selection) : null;
        ScanResult result = new Scanner(profiles, selection, templates, coverage, fixer)
                .scan(inputs, Math.max(1, Math.min(threads, inputs.sources().size())));
        if (baseline != null) {
            result = result.with(baseline.newIn(result.results()));
        }
        write(result);
        frameworks.stream().distinct().map(Profile.Choice::note).flatMap(Optional::stream).forEach(ScanCommand::say);
        notes.forEach(ScanCommand::say);
        inputs.empty().forEach(folder -> say("scan: " + Texts.line(folder) + " holds no .yaml, .yml or .json file: nothing was judged there"));
        tell(result, exceptions, baseline, fixer);
        return !result.errors().isEmpty() ? 2 : result.violations() > 0 ? 1 : 0;
    }

    private PodTemplates templates() {
        Map<String, List<Object>> more = new LinkedHashMap<>();
        podPaths.forEach((kind, path) -> {
            if (kind.indexOf('/') < 0 || !path.matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*")) {
                throw new UserError("scan: --pod-path " + Texts.line(kind + "=" + path)
                        + ": expected GROUP/KIND=PATH, as example.org/Farm=spec.template");
            }
            more.put(kind, List.of((Object[]) path.split("\\.")));
        });
        return more.isEmpty() ? PodTemplates.KNOWN : new PodTemplates(more);
    }

    private void write(ScanResult result) throws Exception {
        List<Compliance> compliance = Compliance.of(result);
        List<Compliance> all = compliance.isEmpty() ? Compliance.ofAll(result) : compliance;
        OutputStream buffered = new BufferedOutputStream(System.out, 1 << 16);
        PrintStream out = new PrintStream(buffered, false, StandardCharsets.UTF_8);
        switch (format) {
            case json -> JsonReport.write(result, compliance, out);
            case sarif -> SarifReport.write(result, out);
            case junit -> JUnitReport.write(result, out);
            case markdown -> ComplianceReport.markdown(result, all, out);
            case html -> ComplianceReport.html(result, all, out);
            case table -> new TableReport(Ansi.detect(), out).write(result, compliance, all);
        }
        out.flush();
    }

    private static void tell(ScanResult result, Exceptions exceptions, Baseline baseline, Fixer fixer) {
        if (fixer != null) {
            say("mended " + Texts.count(fixer.findings(), "finding") + " in " + Texts.count(fixer.files(), "file"));
        }
        if (exceptions.used() > 0) {
            say(Texts.count(exceptions.used(), "finding") + " accepted by exceptions");
        }
        exceptions.unused().forEach(line -> say("the exception at line " + line + " matches nothing and can go"));
        if (baseline != null) {
            say(Texts.count(baseline.found(), "finding") + " known from the baseline");
        }
        if (!result.templates().isEmpty()) {
            say(Texts.count(result.templates().size(), "Helm template") + " left out, " + Texts.line(result.templates().getFirst())
                    + " first: render the chart (helm template CHART | kubeguardian scan -)");
        }
        for (ScanError error : result.errors()) {
            say(Texts.line(error.file()) + ":" + error.line() + ": " + Texts.line(error.message()));
        }
    }

    private static void say(String text) {
        System.err.println("kubeguardian: " + text);
    }
}
