package io.kubeguardian.benchmarks;

import io.kubeguardian.cli.Interrupted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code benchmarks/run}. Exit codes: 0 measured, 2 wrong use, or this machine cannot run the scenario. */
@Command(name = "benchmarks/run", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Runs a scenario and prints its figures; without a name it lists the scenarios.")
public final class Main implements Callable<Integer> {
    private static final List<Scenario> SCENARIOS =
            List.of(new KernelOverhead(), new CollectorScenario(), new OutageScenario(), new StartUp(), new RulesScenario(),
                    new BaselineScenario(), new PipelineScenario(), new PipelineParts(), new ProcessMemory(),
                    new IntelScenario(), new DecisionsScenario(), new ScanScenario(), new CorrelationScenario(), new WebhookScenario());

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "the scenario")
    private String name;

    @Option(names = "--quick", description = "fewer, shorter rounds: shows that it works, not what it is worth")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "also write figures and every measurement behind them")
    private Path json;

    @Option(names = "--set", paramLabel = "VARIABLE=VALUE", description = "a setting of the detection job, by its"
            + " environment variable; may be repeated (pipeline, pipeline-parts)")
    private Map<String, String> settings = Map.of();

    @Option(names = "--traces", paramLabel = "DIR", description = "detection-quality: other traces than ADFA-LD, in the "
            + "folders train/, normal/ and attack/, one trace a file: names or numbers of system calls, separated by "
            + "white space")
    private Path traces;

    public static void main(String[] arguments) {
        System.getProperties().putIfAbsent("org.slf4j.simpleLogger.defaultLogLevel", "error"); // the broker talks a lot
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    private List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>(SCENARIOS);
        all.add(new DetectionQuality(traces));
        return all;
    }

    @Override
    public Integer call() throws Exception {
        if (name == null) {
            scenarios().forEach(scenario -> System.out.printf("%-18s %s%n", scenario.name(), scenario.describes()));
            return 0;
        }
        Scenario scenario = scenarios().stream().filter(one -> one.name().equals(name)).findFirst().orElse(null);
        if (scenario == null) {
            System.err.println("benchmarks/run: no scenario " + name + "; benchmarks/run lists them");
            return 2;
        }
        if (traces != null && !(scenario instanceof DetectionQuality)) {
            System.err.println("benchmarks/run " + name + ": --traces is for detection-quality");
            return 2;
        }
        return run(scenario);
    }

    private int run(Scenario scenario) throws Exception {
        if (Machine.load() > Runtime.getRuntime().availableProcessors() / 2.0) {
            System.err.printf("  the machine is busy (load %.1f): expect noise%n", Machine.load());
        }
        Path scratch = Files.createTempDirectory("kubeguardian-benchmark-");
        Run run = new Run(quick, Path.of(System.getProperty("kubeguardian.home")), scratch, settings);
        try {
            Interrupted.onSignal(() -> {
                scenario.measure(run);
                return null;
            });
        } catch (Interrupted | InterruptedException e) {
            System.err.println("benchmarks/run: interrupted; everything was taken down");
            return Interrupted.EXIT_CODE;
        } catch (UnavailableException e) {
            System.err.println("benchmarks/run " + scenario.name() + ": " + e.getMessage());
            return 2;
        } finally {
            delete(scratch);
        }
        Report.table(run, System.out);
        if (json != null) {
            Report.json(scenario.name(), run, json);
        }
        return 0;
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
