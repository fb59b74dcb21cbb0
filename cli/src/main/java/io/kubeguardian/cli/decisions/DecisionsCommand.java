package io.kubeguardian.cli.decisions;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kubeguardian decisions}: what the job decided, and what it asks a person. */
@Command(
        name = "decisions",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Lists what the job decided about containers, and answers what waits for a person: by the policy, or because"
                + " a limit was reached.",
            "See docs/risk.md."
        },
        subcommands = {ListDecisionsCommand.class, ApproveCommand.class, RejectCommand.class})
public final class DecisionsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return 2;
    }
}
