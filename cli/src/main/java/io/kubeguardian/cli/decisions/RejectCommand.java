package io.kubeguardian.cli.decisions;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kubeguardian decisions reject}. */
@Command(
        name = "reject",
        mixinStandardHelpOptions = true,
        description = {
            "Rejects a decision that waits: nothing is done.",
            "Exits 1 when it was answered otherwise in the meantime."
        })
final class RejectCommand implements Callable<Integer> {
    @Mixin
    private Answer answer;

    @Override
    public Integer call() throws Exception {
        return answer.give(false);
    }
}
