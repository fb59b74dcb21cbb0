package io.kubeguardian.cli;

import io.kubeguardian.cli.contain.ContainCommand;
import io.kubeguardian.cli.demo.DemoCommand;
import io.kubeguardian.cli.replay.ReplayCommand;
import io.kubeguardian.cli.rules.RulesCommand;
import io.kubeguardian.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code kubeguardian} command. Exit codes: 0 fine, 1 findings, 2 wrong use or unreadable input. */
@Command(
        name = "kubeguardian",
        description = "Runtime security for Kubernetes as a stream: sensors, Kafka, Flink, admission.",
        mixinStandardHelpOptions = true,
        version = "kubeguardian 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DemoCommand.class, UpCommand.class, IngestCommand.class, MonitorCommand.class, ContainCommand.class,
            RulesCommand.class, ReplayCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs one command line and returns its exit code. */
    static int run(String... args) {
        CommandLine line = new CommandLine(new Main());
        line.setCommandName("kubeguardian");
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof ConfigException || e instanceof UserError) {
                command.getErr().println("kubeguardian: " + e.getMessage());
                return 2;
            }
            throw e;
        });
        if (args.length == 0) {
            line.usage(line.getErr());
            return 2;
        }
        return line.execute(args);
    }
}
