package io.kubeguardian.cli;

import io.kubeguardian.cli.contain.ContainCommand;
import io.kubeguardian.cli.decisions.DecisionsCommand;
import io.kubeguardian.cli.demo.DemoCommand;
import io.kubeguardian.cli.intel.IntelCommand;
import io.kubeguardian.cli.models.ModelsCommand;
import io.kubeguardian.cli.profile.ProfileCommand;
import io.kubeguardian.cli.replay.ReplayCommand;
import io.kubeguardian.cli.report.ReportCommand;
import io.kubeguardian.cli.rules.PatternsCommand;
import io.kubeguardian.cli.rules.RulesCommand;
import io.kubeguardian.cli.scan.ScanCommand;
import io.kubeguardian.config.ConfigException;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code kubeguardian} command. Exit codes: 0 fine, 1 findings, 2 wrong use or unreadable input. */
@Command(
        name = "kubeguardian",
        description = "Runtime security for Kubernetes as a stream: sensors, Kafka, Flink, admission.",
        mixinStandardHelpOptions = true,
        version = "kubeguardian 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DemoCommand.class, UpCommand.class, IngestCommand.class, MonitorCommand.class, ContainCommand.class,
            RulesCommand.class, PatternsCommand.class, ProfileCommand.class, ModelsCommand.class, ReplayCommand.class,
            ReportCommand.class, ScanCommand.class, IntelCommand.class, DecisionsCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        StandardOutput output = StandardOutput.install();
        int code = run(args);
        System.exit(output.finish(code));
    }

    /** Runs one command line and returns its exit code. */
    static int run(String... args) {
        if (args.length > 0 && args[0].equals("scan")) {
            // Alone: a scan of one file is short, and the other commands' classes would be most of it.
            CommandLine scan = new CommandLine(new ScanCommand());
            scan.setCommandName("kubeguardian scan");
            return run(scan, Arrays.copyOfRange(args, 1, args.length));
        }
        CommandLine line = new CommandLine(new Main());
        line.setCommandName("kubeguardian");
        if (args.length == 0) {
            line.usage(line.getErr());
            return 2;
        }
        return run(line, args);
    }

    private static int run(CommandLine line, String... args) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExitCodeExceptionMapper(e -> 2); // 1 would say that it was judged
        line.setParameterExceptionHandler((e, arguments) -> {
            e.getCommandLine().getErr().println(wrongUse(e));
            return 2;
        });
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof UserError || e instanceof ConfigException) {
                command.getErr().println("kubeguardian: " + e.getMessage());
                return 2;
            }
            throw e;
        });
        return line.execute(args);
    }

    /** One line: what is wrong, what was meant perhaps, and where the use is explained. */
    private static String wrongUse(ParameterException e) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String message = Texts.line(String.valueOf(e.getMessage()));
        if (e instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().getFirst();
            if (!command.subcommands().isEmpty() && !first.startsWith("-")) {
                message = "no command '" + Texts.line(first) + "'";
            }
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                message += "; did you mean " + String.join(" or ", suggestions.stream().limit(3).toList()) + "?";
            }
        }
        return command.qualifiedName() + ": " + message + "; see " + command.qualifiedName() + " --help";
    }
}
