package io.kubeguardian.cli.profile;

import io.kubeguardian.schema.ProfilePolicy;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian profile freeze}: what it knows is all there is. */
@Command(
        name = "freeze",
        mixinStandardHelpOptions = true,
        description = {
            "Ends all learning of a workload's baseline: it judges by what it knows, from now on, and never becomes stale.",
            "Images to come start from it, and are judged by it at once."
        })
final class FreezeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "WORKLOAD", description = "the workload")
    private String workload;

    @Mixin
    private ChangeOptions options;

    @Override
    public Integer call() throws Exception {
        return options.apply(workload, "freeze", "",
                (before, published, now) -> ProfilePolicy.newBuilder(before).setFrozen(true));
    }
}
