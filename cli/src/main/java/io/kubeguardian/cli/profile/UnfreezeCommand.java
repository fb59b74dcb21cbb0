package io.kubeguardian.cli.profile;

import picocli.CommandLine.Command;

/** {@code kubeguardian profile unfreeze}: the end of a freeze. */
@Command(
        name = "unfreeze",
        mixinStandardHelpOptions = true,
        description = "Lets images to come learn again, and the baseline become stale when nothing is seen.")
final class UnfreezeCommand extends FreezeChange {
    UnfreezeCommand() {
        super(false);
    }
}
