package io.kubeguardian.cli.profile;

import io.kubeguardian.schema.ProfilePolicy;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Freezes a baseline, or ends that. */
abstract class FreezeChange implements Callable<Integer> {
    private final boolean frozen;

    @Parameters(index = "0", paramLabel = "WORKLOAD", description = "the workload")
    private String workload;

    @Mixin
    private ChangeOptions options;

    FreezeChange(boolean frozen) {
        this.frozen = frozen;
    }

    @Override
    public Integer call() throws Exception {
        return options.apply(workload, frozen ? "freeze" : "unfreeze", "",
                (before, published, now) -> ProfilePolicy.newBuilder(before).setFrozen(frozen));
    }
}
