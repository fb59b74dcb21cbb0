package io.kubeguardian.cli;

import io.kubeguardian.cli.stack.SensorProbe;
import io.kubeguardian.cli.stack.Stack;
import io.kubeguardian.cli.stack.TemporaryFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kubeguardian up}: the embedded stack until Ctrl-C. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Runs broker, Flink with its web UI, collector and webhook on this machine until Ctrl-C.",
            "Nothing outlives it: topics and state go away with it."
        })
public final class UpCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "the configuration (YAML); see docs/configuration.md")
    private Path config;

    @Option(names = "--cgroup", paramLabel = "PATH",
            description = "the cgroup to monitor with all below it; default: the kubelet's")
    private String cgroup;

    @Override
    public Integer call() throws Exception {
        Home home = Home.find();
        return Interrupted.onSignal(() -> run(home), 0, "stopped"); // Ctrl-C is how this command ends
    }

    private int run(Home home) {
        SensorProbe probe = SensorProbe.run(home);
        if (!probe.works()) {
            System.err.println("kubeguardian: without a collector, because: " + probe.reason());
        }
        Map<String, String> settings = cgroup == null ? Map.of() : Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroup);
        try (TemporaryFolder folder = new TemporaryFolder("kubeguardian-up-")) {
            System.setProperty("kubeguardian.log", folder.resolve("logs/stack.log").toString());
            try (Stack stack = Stack.start(home, folder, config, settings, probe.works(),
                    (part, detail) -> System.out.printf("  %-11s %s%n", part, detail))) {
                System.out.printf("  %-11s %s%n", "logs", folder.resolve("logs"));
                System.out.printf("  %-11s ./kubeguardian monitor --bootstrap-servers %s%n", "watch with",
                        stack.bootstrapServers());
                while (stack.stoppedPart() == null) {
                    Interrupted.sleep(Duration.ofMillis(500));
                }
                folder.keep();
                throw new UserError("the " + stack.stoppedPart() + " has stopped; see " + folder.resolve("logs"));
            }
        }
    }
}
