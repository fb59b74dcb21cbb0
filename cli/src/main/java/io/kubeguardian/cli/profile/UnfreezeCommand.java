package io.kubeguardian.cli.profile;

import io.kubeguardian.schema.ProfilePolicy;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian profile unfreeze}: the end of a freeze. */
@Command(
        name = "unfreeze",
        mixinStandardHelpOptions = true,
        description = "Lets images to come learn again, and the baseline become stale when nothing is seen.")
final class UnfreezeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "WORKLOAD", description = "the workload")
    private String workload;

    @Mixin
    private ChangeOptions options;

    @Override
    public Integer call() throws Exception {
        return options.apply(workload, "unfreeze", "",
                (before, published, now) -> ProfilePolicy.newBuilder(before).setFrozen(false));
    }
}
