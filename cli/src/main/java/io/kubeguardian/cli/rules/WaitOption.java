package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.UserError;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Whether a publication waits for its acknowledgement. */
final class WaitOption {
    @Option(names = "--wait", description = "wait until every subtask runs it; exits 1 when one refuses it")
    private boolean wanted;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "60",
            description = "how long --wait waits (default: ${DEFAULT-VALUE})")
    private int seconds;

    boolean wanted() {
        return wanted;
    }

    Duration timeout() {
        if (seconds < 1) {
            throw new UserError("--timeout: expected at least 1 second, not " + seconds);
        }
        return Duration.ofSeconds(seconds);
    }
}
