package io.kubeguardian.cli.profile;

import picocli.CommandLine.Command;

/** {@code kubeguardian profile freeze}: what it knows is all there is. */
@Command(
        name = "freeze",
        mixinStandardHelpOptions = true,
        description = {
            "Ends all learning of a workload's baseline: it judges by what it knows, from now on, and never becomes stale.",
            "Images to come start from it, and are judged by it at once."
        })
final class FreezeCommand extends FreezeChange {
    FreezeCommand() {
        super(true);
    }
}
