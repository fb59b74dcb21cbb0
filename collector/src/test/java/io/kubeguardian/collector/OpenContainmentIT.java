package io.kubeguardian.collector;

import static io.kubeguardian.collector.ContainedContainer.EPERM;
import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static io.kubeguardian.schema.ContainmentAction.DENY_OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusing opens, on kernels that take LSM programs; the trigger programs are static, so that they need no libraries. */
@KernelTest
class OpenContainmentIT {
    @TempDir
    Path folder;

    private ContainedContainer container;
    private Path excepted;
    private Path other;

    @BeforeEach
    void attach() throws Exception {
        container = new ContainedContainer();
        excepted = Files.writeString(folder.resolve("excepted"), "x");
        other = Files.writeString(folder.resolve("other"), "x");
        String problem = container.problem("contain.deny-open");
        Assumptions.assumeTrue(problem.isEmpty(), problem);
    }

    @AfterEach
    void detach() throws Exception {
        container.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "openat", "openat2", "creat"})
    void everyOpenFailsButOfWhatIsExcepted(String how) throws Exception {
        container.containExceptPaths(List.of(trigger("open_file"), excepted), DENY_OPEN);

        int status = run(container.cgroup, trigger("open_file"), how, other).status();

        assertThat(status).isEqualTo(EPERM);
        assertThat(container.stopped().opensRefused()).isEqualTo(1);
        assertThat(run(container.cgroup, trigger("open_file"), how, excepted).status()).isZero();
        assertThat(run(container.sibling, trigger("open_file"), how, other).status()).isZero();
        container.release();
        assertThat(run(container.cgroup, trigger("open_file"), how, other).status()).isZero();
    }

    /** The kernel opens a program to run it: that is an open too. */
    @ParameterizedTest
    @CsvSource({"true, 3", "false, 127"})
    void aProgramThatMayNotBeOpenedDoesNotRun(boolean allowed, int status) throws Exception {
        container.containExceptPaths(allowed ? List.of(trigger("exit_with")) : List.of(), DENY_OPEN);

        int ended = run(container.cgroup, trigger("exit_with"), 3).status();

        assertThat(ended).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, false"})
    void allBelowAFolderMayBeExcepted(int status, boolean below) throws Exception {
        Path inside = Files.writeString(Files.createDirectories(folder.resolve("data/deep")).resolve("file"), "x");
        container.containExceptPaths(List.of(trigger("open_file"), folder.resolve("data") + "/*"), DENY_OPEN);

        int ended = run(container.cgroup, trigger("open_file"), "openat", below ? inside : other).status();

        assertThat(ended).isEqualTo(status);
    }
}
