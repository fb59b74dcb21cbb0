package io.kubeguardian.cli.decisions;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kubeguardian decisions approve}. */
@Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        description = {
            "Puts a decision that waits into force: from now on, for as long as it was meant to last.",
            "Exits 1 when it was answered otherwise in the meantime."
        })
final class ApproveCommand implements Callable<Integer> {
    @Mixin
    private Answer answer;

    @Override
    public Integer call() throws Exception {
        return answer.give(true);
    }
}
