package io.kubeguardian.cli;

import io.kubeguardian.cli.stack.JavaChild;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kubeguardian ingest}: other people's sensors, until Ctrl-C. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = {
            "Reads Tetragon's JSON export and Falco's JSON alerts, from files that it follows or over HTTP,"
                + " and puts them on KubeGuardian's topics, until Ctrl-C.",
            "What it reads, and which Kafka it writes to, stands in the configuration under ingest and kafka; see docs/foreign-sensors.md."
        })
public final class IngestCommand implements Callable<Integer> {
    private static final String MAIN = "io.kubeguardian.ingest.IngestMain";
    /** Longer than it takes to drain. */
    private static final long SECONDS_TO_STOP = 15;

    @Option(names = "--config", paramLabel = "FILE", description = "the configuration (YAML); see docs/configuration.md")
    private Path config;

    @Override
    public Integer call() throws Exception {
        Home home = Home.find();
        List<String> arguments = config == null ? List.of() : List.of("--config", config.toString());
        // A process of its own, with its own flags: Helidon refuses Java's serialization to all of its JVM, Flink needs it.
        ProcessBuilder ingest = new ProcessBuilder(JavaChild.command(
                home.resolve("ingest/ingest.jvm"), home.classPath("ingest"), MAIN, arguments)).inheritIO();
        return Interrupted.onSignal(() -> run(ingest), 0, "stopped"); // Ctrl-C is how this command ends
    }

    private static int run(ProcessBuilder builder) throws IOException {
        Process ingest = builder.start();
        try {
            return ingest.waitFor();
        } catch (InterruptedException e) {
            stop(ingest);
            throw new Interrupted(e);
        }
    }

    private static void stop(Process ingest) {
        ingest.destroy();
        try {
            if (!ingest.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                ingest.destroyForcibly();
            }
        } catch (InterruptedException e) {
            ingest.destroyForcibly();
        }
    }
}
