package io.kubeguardian.cli.rules;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kubeguardian rules}: rules in the Falco language, before they run anywhere and while they do. */
@Command(
        name = "rules",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Checks, lists, tests and publishes detection rules (the Falco rules language).",
        subcommands = {CheckCommand.class, ListCommand.class, TestCommand.class, PublishCommand.class,
            RollbackCommand.class})
public final class RulesCommand implements Callable<Integer> {
    /** How a result is printed. */
    public enum Format { table, json }

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return 2;
    }
}
