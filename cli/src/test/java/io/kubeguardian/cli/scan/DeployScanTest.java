package io.kubeguardian.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.cli.CommandRun;
import org.junit.jupiter.api.Test;

/** Our own manifests by our own checks. */
class DeployScanTest {
    @Test
    void nothingOfDeployIsHighOrWorseButWhatIsExceptedWithAReason() {
        CommandRun run = CommandRun.of("scan", "../deploy/k8s", "--min-severity", "high",
                "--exceptions", "../deploy/scan-exceptions.yaml");

        assertThat(run.out()).contains("no violations");
        assertThat(run.code()).as(run.out() + run.err()).isZero();
    }
}
