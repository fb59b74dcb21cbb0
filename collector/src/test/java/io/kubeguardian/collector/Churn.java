package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Containers that live for one very short program each; see bpf/triggers/churn.c. */
final class Churn {
    /** What each tries to open ends with the number of its container. */
    static final String PATH = "/kubeguardian-churn/";

    private Churn() {}

    /** Makes containers with these numbers, one after the other, and returns when all are gone. */
    static void run(Path below, int first, int count) throws IOException, InterruptedException {
        Process churn = new ProcessBuilder(trigger("churn").toString(), below.toString(), Integer.toString(first),
                Integer.toString(count), trigger("open_file").toString(), "openat", PATH)
                .directory(Path.of("/").toFile()).redirectErrorStream(true).start();
        String output = new String(churn.getInputStream().readAllBytes());
        if (!churn.waitFor(60, TimeUnit.SECONDS)) {
            churn.destroyForcibly();
            throw new IllegalStateException("churn does not end");
        }
        assertThat(churn.exitValue()).describedAs(output).isZero();
    }

    static String pod(int number) {
        return "%08x-0000-4000-8000-000000000000".formatted(number);
    }

    static String container(int number) {
        return "%064x".formatted(number);
    }
}
