package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.ProfilePolicy;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian profile reset}: forget and learn anew. */
@Command(
        name = "reset",
        mixinStandardHelpOptions = true,
        description = {
            "Forgets what a workload's baseline has learned and imported; it learns anew, for a quarter of an hour at least.",
            "What was accepted stays accepted."
        })
final class ResetCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "WORKLOAD", description = "the workload")
    private String workload;

    @Option(names = "--accepted", description = "forget what was accepted, too")
    private boolean accepted;

    @Mixin
    private ChangeOptions options;

    @Override
    public Integer call() throws Exception {
        return options.apply(workload, "reset", accepted ? "with what was accepted" : "", (before, published, now) -> {
            if (before.getFrozen()) {
                throw new UserError("profile reset: the baseline is frozen, and would judge by nothing; unfreeze it first");
            }
            ProfilePolicy.Builder next = ProfilePolicy.newBuilder(before)
                    .setResetTime(Math.max(now, before.getResetTime() + 1)).setImported(List.of());
            return accepted ? next.setAccepted(List.of()) : next;
        });
    }
}
