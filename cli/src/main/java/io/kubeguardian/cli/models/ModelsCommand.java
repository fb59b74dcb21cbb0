package io.kubeguardian.cli.models;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kubeguardian models}: models of behaviour, from their training to running jobs. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Trains models of normal behaviour, publishes them to running jobs and takes them back.",
        subcommands = {TrainCommand.class, PublishCommand.class, ListCommand.class, RollbackCommand.class,
            RetireCommand.class})
public final class ModelsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return 2;
    }
}
