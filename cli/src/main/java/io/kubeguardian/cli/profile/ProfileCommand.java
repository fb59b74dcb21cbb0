package io.kubeguardian.cli.profile;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kubeguardian profile}: what the workloads' baselines have learned, and an operator's word on it. */
@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Shows what the baselines of workloads have learned, changes what they judge by, and exports what"
                + " Kubernetes itself, or the job, can enforce.",
            "WORKLOAD is cluster/namespace/kind/name, or the end of it that names one alone."
        },
        subcommands = {ListCommand.class, ShowCommand.class, AcceptCommand.class, FreezeCommand.class,
            UnfreezeCommand.class, ResetCommand.class, ImportCommand.class, ExportCommand.class, PublishCommand.class,
            PoliciesCommand.class, RemoveCommand.class})
public final class ProfileCommand implements Callable<Integer> {
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
